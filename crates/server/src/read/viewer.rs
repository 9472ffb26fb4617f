//! What a tail shows of the records that arrive, as server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use super::asked::Asked;
use crate::error::ApiError;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use woodpile_present::{Form, json};
use woodpile_query::{Origin, Pipeline};
use woodpile_record::{ObjectId, RawBsonRef, RawDocument, View, event_time};

/// Writes the records that a query takes.
#[derive(Debug)]
pub(crate) struct Viewer {
    asked: Asked,
    pipeline: Pipeline,
    /// Equal for those who get the same.
    key: String,
}

/// Where a reader was, as the id of an event says: when its record happened, and the record's `_id`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) millis: i64,
    id: [u8; 12],
}

impl Viewer {
    /// Of a query that shows records one by one.
    pub(crate) fn new(asked: Asked) -> Result<Self, ApiError> {
        let pipeline = Pipeline::new(asked.pipes(), &asked.zone);
        if !pipeline.is_streaming() {
            return Err(ApiError::bad_request(
                "a tail shows records as they arrive, and takes no pipe but fields",
                "the other pipes work on what is there: GET /api/records and /api/stats take them",
            ));
        }
        let key = asked.key();
        Ok(Self { asked, pipeline, key })
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn takes_collection(&self, name: &str) -> bool {
        self.asked.takes_collection(name)
    }

    /// Appends the event of a record that is wanted, and gives by what it is known again.
    pub(crate) fn write(
        &self,
        collection: &str,
        record: &RawDocument,
        out: &mut String,
    ) -> Option<u64> {
        if !self.asked.matches(collection, record) {
            return None;
        }
        let _ = write!(out, "id: {}\ndata: ", Position::of(record).written());
        match self.pipeline.columns() {
            None => json::write(&Form::PLAIN, collection, record, out),
            Some(columns) => {
                let row = self.pipeline.row(record, Origin { collection });
                let values = row.iter().map(|value| value.as_raw_bson_ref());
                json::row(&Form::PLAIN, &columns, values, out);
            }
        }
        out.push('\n');
        let mut hasher = DefaultHasher::new();
        (collection, record.as_bytes()).hash(&mut hasher);
        Some(hasher.finish())
    }
}

impl Position {
    /// Of a record; of ids that are no ObjectIds only the time is known.
    pub(crate) fn of(record: &RawDocument) -> Self {
        let id = View::of(record).id().and_then(RawBsonRef::as_object_id);
        Self { millis: event_time(record), id: id.map_or([0; 12], |id| id.bytes()) }
    }

    /// As the id of an event.
    fn written(self) -> String {
        format!("{}-{}", self.millis, ObjectId::from_bytes(self.id).to_hex())
    }

    /// What [`Self::written`] wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (millis, id) = text.rsplit_once('-')?;
        Some(Self { millis: millis.parse().ok()?, id: ObjectId::parse_str(id).ok()?.bytes() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_read_back() {
        for millis in [0, -5, 1_700_000_000_000] {
            let position = Position { millis, id: [7; 12] };
            assert_eq!(Position::parse(&position.written()), Some(position));
        }
        for other in ["", "7", "x-070707070707070707070707", "7-xyz"] {
            assert_eq!(Position::parse(other), None, "{other}");
        }
    }
}

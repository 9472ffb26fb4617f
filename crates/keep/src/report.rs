//! What was dropped becomes a record of the collection that lost it.

use crate::{DropReason, Thinned, clock};
use jiff::Timestamp;
use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use woodpile_record::{Entry, EventTime, IdSource, RawDocument, Record, Value, View};

/// The logger of the keeper's own records.
const LOGGER: &str = "woodpile";
const LEVEL: &str = "WARNING";
/// What rules do is as the owner wants it.
const RULED_LEVEL: &str = "INFO";

/// Records that a collection lost for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) reason: DropReason,
    pub(crate) records: u64,
    /// Milliseconds since 1970.
    pub(crate) first: i64,
    pub(crate) last: i64,
}

type Fields = Vec<(Cow<'static, str>, Value<'static>)>;

/// Makes the reports.
#[derive(Debug)]
pub(crate) struct Reporter {
    ids: IdSource,
}

impl Reporter {
    pub(crate) fn new() -> Self {
        let [process @ .., _, _, _] = RandomState::new().hash_one(LOGGER).to_le_bytes();
        Self { ids: IdSource::new(process) }
    }

    /// The record that says what was lost; it happens now, with the loss in typed fields.
    pub(crate) fn report(&self, loss: &Loss) -> Record {
        let now = clock::event_time();
        let fields = vec![
            ("records".into(), Value::Int(i64::try_from(loss.records).unwrap_or(i64::MAX))),
            ("reason".into(), Value::from(loss.reason.to_string())),
            ("first".into(), Value::Date(loss.first)),
            ("last".into(), Value::Date(loss.last)),
        ];
        let level = if loss.reason == DropReason::Rule { RULED_LEVEL } else { LEVEL };
        self.record(now, (level, message(loss)), "dropped", fields)
    }

    /// The record that says what was removed to keep within a quota of so many bytes.
    pub(crate) fn report_thinned(&self, thinned: &Thinned, quota: u64) -> Record {
        let Thinned { records, last, .. } = thinned;
        let fields = vec![
            ("records".into(), Value::Int(i64::try_from(*records).unwrap_or(i64::MAX))),
            ("last".into(), Value::Date(*last)),
        ];
        let message = format!(
            "{records} records, the last of them of {}, were removed to keep within the quota of {quota} \
             bytes: the oldest and least severe first",
            time(*last)
        );
        self.record(clock::event_time(), (LEVEL, message), "removed", fields)
    }

    fn record(
        &self,
        now: EventTime,
        (level, message): (&'static str, String),
        field: &'static str,
        fields: Fields,
    ) -> Record {
        let entry = Entry {
            level: Some(level.into()),
            logger_name: Some(LOGGER.into()),
            message: message.into(),
            fields: vec![(Cow::Borrowed(field), Value::Document(fields))],
            ..Entry::default()
        };
        entry.encode(self.ids.next(now.seconds_u32()), now)
    }
}

fn message(loss: &Loss) -> String {
    let Loss { reason, records, first, last } = loss;
    match records {
        1 => format!("1 record was dropped at {}: {reason}", time(*first)),
        _ => format!(
            "{records} records were dropped between {} and {}: {reason}",
            time(*first),
            time(*last)
        ),
    }
}

fn time(millis: i64) -> String {
    Timestamp::from_millisecond(millis).unwrap_or_default().to_string()
}

/// Whether the keeper made this record: the loss of one is counted but never reported again.
pub(crate) fn is_report(document: &RawDocument) -> bool {
    View::of(document).logger_name() == Some(LOGGER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use woodpile_record::find;

    #[test]
    fn a_report_says_how_many_when_and_why_in_text_and_in_fields() {
        let reporter = Reporter::new();
        let loss = |records| Loss {
            reason: DropReason::QueueBytes,
            records,
            first: 1_700_000_000_000,
            last: 1_700_000_002_500,
        };
        let record = reporter.report(&loss(12));
        let view = View::of(record.as_document());
        assert_eq!(
            view.message(),
            Some(
                "12 records were dropped between 2023-11-14T22:13:20Z and 2023-11-14T22:13:22.5Z: \
                 the queue held as many bytes as it may"
            )
        );
        assert_eq!(view.level(), Some("WARNING"));
        let field = |path| find(record.as_document(), path).unwrap();
        assert_eq!(field("dropped.records").as_i32(), Some(12));
        let last = field("dropped.last").as_datetime().unwrap();
        assert_eq!(last.timestamp_millis(), 1_700_000_002_500);
        assert!(is_report(record.as_document()));

        let one = reporter.report(&loss(1));
        assert_eq!(
            View::of(one.as_document()).message(),
            Some(
                "1 record was dropped at 2023-11-14T22:13:20Z: the queue held as many bytes as it may"
            )
        );
    }
}

//! What came around a record, from where it came from.

use crate::error::SearchError;
use crate::question::Question;
use crate::search::Search;
use crate::watch::Watch;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::cmp::Ordering;
use woodpile_query::{Field, Filter, Kind, Literal, Matcher, Scalar, Test};
use woodpile_record::{Batch, RawBsonRef, RawDocument, find, name};
use woodpile_store::{Order, OrderKey, Prune, compare};

/// The fields that tell one source from another.
const SOURCE: &[&str] =
    &[name::APP, name::HOSTNAME, name::PROCESS, name::TAGS, "heroku.process", "heroku.dyno"];

impl Search {
    /// So many records that come after this one in the order, the nearest first: of the same collection, and of the same
    /// app, host, process and tags as far as the record names them.
    pub fn neighbours(
        &self,
        collection: &str,
        record: &RawDocument,
        (order, count): (Order, usize),
        watch: &Watch,
    ) -> Result<Batch, SearchError> {
        let mut batch = Batch::new();
        let key = OrderKey::of(record);
        let prune = match order {
            Order::OldestFirst => Prune { since: Some(key.time()), until: None },
            Order::NewestFirst => Prune { since: None, until: key.time().checked_add(1) },
        };
        // No time is in the filter: when it is asked is all the same.
        let any_time = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
        let matcher = Matcher::new(&same_source(record), &any_time)?;
        let question = Question::new(matcher, prune, order).with_limit(Some(count));
        let question = question.watched_by(watch.clone());
        let collections = [collection.to_owned()];
        let mut found = self.find(&question, &collections);
        while batch.len() < count
            && let Some(row) = found.advance()?
        {
            let ordering = compare((&OrderKey::of(row.document), row.document), (&key, record));
            let comes_after = match order {
                Order::OldestFirst => ordering == Ordering::Greater,
                Order::NewestFirst => ordering == Ordering::Less,
            };
            if comes_after {
                batch.push(row.document);
            }
        }
        Ok(batch)
    }
}

fn same_source(record: &RawDocument) -> Filter {
    Filter::and(SOURCE.iter().flat_map(|path| {
        let values: Vec<_> = match find(record, path) {
            Some(RawBsonRef::Array(values)) => values.into_iter().filter_map(Result::ok).collect(),
            value => value.into_iter().collect(),
        };
        values.into_iter().filter_map(|value| is(path, value)).collect::<Vec<_>>()
    }))
}

fn is(path: &str, value: RawBsonRef<'_>) -> Option<Filter> {
    let text = match Scalar::of(value)? {
        Scalar::Text("") => return None,
        Scalar::Text(text) => text.to_owned(),
        Scalar::Int(number) => number.to_string(),
        _ => return None,
    };
    Some(Filter::Field(Field::new(path), Test::Is(Literal::new(text, Kind::Value))))
}

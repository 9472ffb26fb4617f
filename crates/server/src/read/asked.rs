//! What a request asks of the store, as its parameters say.

use super::given::{Given, wrong};
use crate::clock;
use crate::error::ApiError;
use jiff::Zoned;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use woodpile_query::{Errors, Matcher, Moment, Origin, Pipe, Query, parse};
use woodpile_record::{RawDocument, event_time};
use woodpile_search::Question;
use woodpile_store::{CollectionStats, Order, Prune, Store, StoreError};

/// What may stand behind `since=` and `until=`.
const TIME: &str =
    "such as 1h, -3h, now, today, yesterday, friday, 2026-11-22, 2026-11-22T07:30:00Z";
/// What may stand behind `tz=`.
const ZONE: &str = "a time zone such as Europe/Berlin, UTC or +02:00 (percent-encoded: %2B02:00)";

/// A query that was read, with what stands beside it: `q`, `since`, `until`, `collection` and `tz`.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) query: Query,
    pub(crate) zone: TimeZone,
    matcher: Matcher,
    prune: Prune,
    collection: Option<String>,
}

impl Asked {
    /// Takes its parameters.
    pub(crate) fn take(given: &mut Given) -> Result<Self, ApiError> {
        let zone = given.take("tz")?.map_or(Ok(TimeZone::UTC), |name| zone(&name))?;
        let now = clock::now().to_zoned(zone.clone());
        let (query, matcher) = read(&given.take("q")?.unwrap_or_else(|| "*".to_owned()), &now)?;
        let prune =
            Prune { since: time(given, "since", &now)?, until: time(given, "until", &now)? };
        if prune.since.zip(prune.until).is_some_and(|(since, until)| since >= until) {
            let hint = "no time is left between them";
            return Err(ApiError::bad_request("since is not before until", hint));
        }
        let collection = given.take("collection")?;
        Ok(Self { query, zone, matcher, prune, collection })
    }

    /// A query for what happened between two times, in milliseconds since 1970.
    pub(crate) fn between(query: &str, since: i64, until: i64) -> Result<Self, ApiError> {
        let (query, matcher) = read(query, &clock::now().to_zoned(TimeZone::UTC))?;
        let prune = Prune { since: Some(since), until: Some(until) };
        Ok(Self { query, zone: TimeZone::UTC, matcher, prune, collection: None })
    }

    /// Equal for those who ask for the same.
    pub(crate) fn key(&self) -> String {
        let Self { query, zone, prune, collection, .. } = self;
        format!("{query}\n{zone:?}\n{prune:?}\n{collection:?}")
    }

    /// What becomes of the records.
    pub(crate) fn pipes(&self) -> &[Pipe] {
        &self.query.pipes
    }

    /// What a search is asked.
    pub(crate) fn question(&self, order: Order, limit: Option<usize>) -> Question {
        Question::new(self.matcher.clone(), self.prune, order).with_limit(limit)
    }

    /// Refuses pipes where they make no sense.
    pub(crate) fn without_pipes(self) -> Result<Self, ApiError> {
        if self.pipes().is_empty() {
            return Ok(self);
        }
        let hint =
            "leave out the | and what stands behind it; GET /api/records and /api/stats take pipes";
        Err(ApiError::bad_request("this takes a query without pipes", hint))
    }

    /// Whether the query says nothing of records at all.
    pub(crate) fn asks_for_everything(&self) -> bool {
        self.prune == Prune::NONE && self.matcher.root().leaves().is_empty()
    }

    /// Whether the collection may hold what is wanted.
    pub(crate) fn takes_collection(&self, name: &str) -> bool {
        self.collection.as_ref().is_none_or(|wanted| wanted == name)
            && self.matcher.may_match_in(name)
    }

    /// Whether the record is wanted.
    pub(crate) fn matches(&self, collection: &str, record: &RawDocument) -> bool {
        self.prune.keeps(event_time(record)) && self.matcher.matches(record, Origin { collection })
    }

    /// The collections that may hold something of what is wanted, by name.
    pub(crate) fn collections(&self, store: &dyn Store) -> Result<Vec<String>, StoreError> {
        let prune = self.question(Order::NewestFirst, None).prune;
        let overlaps = |stats: &CollectionStats| match (stats.first, stats.last) {
            (Some(first), Some(last)) => prune.overlaps(first, last),
            _ => true,
        };
        let all = store.collections()?.into_iter();
        let wanted = all.filter(|stats| self.takes_collection(&stats.name) && overlaps(stats));
        Ok(wanted.map(|stats| stats.name).collect())
    }
}

/// What the text asks for, and what tells which records match.
fn read(text: &str, now: &Zoned) -> Result<(Query, Matcher), ApiError> {
    let query = parse(text).map_err(|errors| bad_query(&errors))?;
    let matcher = Matcher::new(&query.filter, now)
        .map_err(|error| ApiError::bad_request(error.to_string(), "simplify the query"))?;
    Ok((query, matcher))
}

/// Every error with its column, in the words of the command line.
fn bad_query(errors: &Errors) -> ApiError {
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    let hint = "`woodpile help query` tells the language; columns are counted in characters of q";
    ApiError::bad_request(format!("the query is wrong: {}", errors.join("; ")), hint)
}

fn time(given: &mut Given, name: &str, now: &Zoned) -> Result<Option<i64>, ApiError> {
    let Some(text) = given.take(name)? else { return Ok(None) };
    let moment = Moment::parse(&text).ok_or_else(|| wrong(name, &text, TIME))?;
    Ok(Some(moment.period(now).start))
}

fn zone(name: &str) -> Result<TimeZone, ApiError> {
    let fixed = || strtime::parse("%:z", name).ok()?.offset();
    let zone = TimeZone::get(name).ok().or_else(|| Some(TimeZone::fixed(fixed()?)));
    zone.ok_or_else(|| wrong("tz", name, ZONE))
}

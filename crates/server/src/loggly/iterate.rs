//! `GET /apiv2/events/iterate`: page after page, each of which names the next, without an end but the last event's.

use super::asked::{Given, Wanted};
use super::event::event;
use super::pretty::Pretty;
use super::reader;
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::error::ApiError;
use crate::limits::MAX_ITERATED;
use crate::read::searched;
use axum::extract::State;
use http::{HeaderMap, header};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use woodpile_present::rfc3339;
use woodpile_record::event_time;

const USUAL_SIZE: usize = 50;

/// Where the next page begins: at this time, behind so many events of it. The search's own bounds come along, as `-24h` is
/// another time when it is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Next {
    since: i64,
    until: i64,
    passed: usize,
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}_{}", self.since, self.until, self.passed)
    }
}

impl FromStr for Next {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('_');
        let mut part = || parts.next().ok_or(());
        let next = Self {
            since: part()?.parse().map_err(drop)?,
            until: part()?.parse().map_err(drop)?,
            passed: part()?.parse().map_err(drop)?,
        };
        if parts.next().is_none() { Ok(next) } else { Err(()) }
    }
}

impl Next {
    /// Behind the last of so many events that were seen at this time.
    fn behind(wanted: &Wanted, time: i64, seen: usize) -> Self {
        let Wanted { since, until, .. } = *wanted;
        if wanted.is_ascending {
            Self { since: time, until, passed: seen }
        } else {
            Self { since, until: time.saturating_add(1), passed: seen }
        }
    }
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Read>, ApiError>,
    given: Given,
    headers: HeaderMap,
) -> Result<Pretty, ApiError> {
    reader(caller)?;
    let mut wanted = Wanted::of(&given)?;
    let size = given.number("size", USUAL_SIZE, MAX_ITERATED)?.max(1);
    let mut passed = 0;
    if let Some(text) = given.get("next") {
        let next: Next = text.parse().map_err(|()| unknown(text))?;
        (wanted.since, wanted.until, passed) = (next.since, next.until, next.passed);
    }
    let (events, next) = page(&app, wanted.clone(), (size, passed)).await?;
    let mut answer = Map::new();
    answer.insert("events".to_owned(), events.into());
    if let Some(next) = next {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let scheme = if app.is_tls { "https" } else { "http" };
        let base = format!("{scheme}://{}", host.unwrap_or("localhost"));
        answer.insert("next".to_owned(), url(&base, &wanted, (size, next)).into());
    }
    Ok(Pretty(answer.into()))
}

/// The events behind those passed, and where the page after them begins if there is one.
async fn page(
    app: &App,
    wanted: Wanted,
    (size, passed): (usize, usize),
) -> Result<(Vec<Value>, Option<Next>), ApiError> {
    let asked = wanted.asked()?;
    let page = searched(app, move |search, watch| {
        // One more shows whether there is a next page.
        let limit = passed.saturating_add(size).saturating_add(1);
        let question = asked.question(wanted.order(), Some(limit)).watched_by(watch.clone());
        let collections = asked.collections(search.store())?;
        let mut found = search.find(&question, &collections);
        let mut events = Vec::new();
        let (mut before, mut last, mut seen) = (passed, None, 0);
        while let Some(row) = found.advance()? {
            if events.len() == size {
                return Ok((events, last.map(|last| Next::behind(&wanted, last, seen))));
            }
            let time = event_time(row.document);
            seen = if last == Some(time) { seen + 1 } else { 1 };
            last = Some(time);
            match before.checked_sub(1) {
                Some(left) => before = left,
                None => events.push(event(row.document)),
            }
        }
        Ok((events, None))
    });
    page.await
}

fn url(base: &str, wanted: &Wanted, (size, next): (usize, Next)) -> String {
    let Wanted { query, since, until, is_ascending } = wanted;
    let time = |millis: i64| rfc3339(millis, &TimeZone::UTC);
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    pairs.append_pair("q", query);
    pairs.append_pair("from", &time(*since)).append_pair("until", &time(*until));
    pairs.append_pair("size", &size.to_string());
    pairs.append_pair("order", if *is_ascending { "asc" } else { "desc" });
    pairs.append_pair("next", &next.to_string());
    format!("{base}/apiv2/events/iterate?{}", pairs.finish())
}

fn unknown(next: &str) -> ApiError {
    let hint = "take it from the `next` of the page before";
    ApiError::bad_request(format!("next={next} is wrong"), hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_named_in_text() {
        let next = Next { since: -5, until: 1_795_332_769_124, passed: 3 };
        assert_eq!(next.to_string().parse(), Ok(next));
        for text in ["", "1_2", "1_2_3_4", "a_b_c", "1_2_-3"] {
            assert_eq!(text.parse::<Next>(), Err(()), "{text}");
        }
    }
}

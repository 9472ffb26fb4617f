use crate::detect::{detect, detect_body};
use crate::{Context, Format, Line, Route, own};
use jiff::tz::TimeZone;
use std::borrow::Cow;
use woodpile_record::{Entry, EventTime, Http};

/// Reads an entry's message as a line, and takes from it what the entry does not say itself: `http` of an access
/// line, the level and fields of a JSON object. The message stays as it is, and so does the time, even if there is
/// none. Returns the log that the message belongs to, where it is in a known format.
pub fn enrich(entry: &mut Entry<'_>) -> Option<Route> {
    let time = entry.time;
    let context = Context { now: time.unwrap_or(EventTime::from_millis(0)), zone: &TimeZone::UTC };
    let route = enrich_in(entry, &context);
    entry.time = time;
    route
}

/// The same, and takes the time, too, if the entry has none.
pub fn enrich_in(entry: &mut Entry<'_>, context: &Context<'_>) -> Option<Route> {
    match &entry.message {
        Cow::Borrowed(message) => {
            let inner = read(message, entry, context)?;
            Some(take(entry, inner))
        }
        Cow::Owned(message) => {
            let inner = read(message, entry, context)?;
            let inner = Line { entry: own::entry(inner.entry), ..inner };
            Some(take(entry, inner))
        }
    }
}

/// An entry that has a level had a header already.
fn read<'m>(message: &'m str, entry: &Entry<'_>, context: &Context<'_>) -> Option<Line<'m>> {
    let found = match entry.level {
        Some(_) => detect_body(message, context),
        None => detect(message, context),
    };
    found.filter(|line| line.format != Format::Plain)
}

/// Fills what `entry` lacks from `inner`.
fn take<'a>(entry: &mut Entry<'a>, inner: Line<'a>) -> Route {
    let Line { route, entry: inner, .. } = inner;
    fill(&mut entry.time, inner.time);
    fill(&mut entry.level, inner.level);
    fill(&mut entry.logger_name, inner.logger_name);
    fill(&mut entry.file_name, inner.file_name);
    fill(&mut entry.module, inner.module);
    fill(&mut entry.method, inner.method);
    fill(&mut entry.line_number, inner.line_number);
    fill(&mut entry.thread, inner.thread);
    fill(&mut entry.thread_name, inner.thread_name);
    fill(&mut entry.process, inner.process);
    fill(&mut entry.hostname, inner.hostname);
    fill(&mut entry.app, inner.app);
    fill(&mut entry.span, inner.span);
    fill(&mut entry.trace_id, inner.trace_id);
    fill(&mut entry.span_id, inner.span_id);
    fill(&mut entry.exception, inner.exception);
    fill(&mut entry.heroku, inner.heroku);
    if entry.tags.is_empty() {
        entry.tags = inner.tags;
    }
    take_fields(&mut entry.fields, inner.fields);
    take_fields(&mut entry.extra, inner.extra);
    match (&mut entry.http, inner.http) {
        (Some(http), Some(inner)) => take_http(http, *inner),
        (http, inner) => fill(http, inner),
    }
    route
}

fn fill<T>(own: &mut Option<T>, other: Option<T>) {
    if own.is_none() {
        *own = other;
    }
}

fn take_fields<'a, V>(own: &mut Vec<(Cow<'a, str>, V)>, other: Vec<(Cow<'a, str>, V)>) {
    for (key, value) in other {
        if own.iter().all(|(taken, _)| *taken != key) {
            own.push((key, value));
        }
    }
}

fn take_http<'a>(own: &mut Http<'a>, other: Http<'a>) {
    fill(&mut own.method, other.method);
    fill(&mut own.path, other.path);
    fill(&mut own.query, other.query);
    fill(&mut own.status, other.status);
    fill(&mut own.bytes, other.bytes);
    fill(&mut own.duration_ms, other.duration_ms);
    fill(&mut own.remote_addr, other.remote_addr);
    fill(&mut own.user, other.user);
    fill(&mut own.host, other.host);
    fill(&mut own.referrer, other.referrer);
    fill(&mut own.user_agent, other.user_agent);
    fill(&mut own.request_id, other.request_id);
    fill(&mut own.protocol, other.protocol);
}

//! Requests: the names that servers, proxies and middleware give to the parts of one.

use super::key::Slot;
use super::lookup::{Named, integer_of, is_http_method, text_of};
use super::request_names::{
    BYTES, HOST, METHOD, MILLIS, PROTOCOL, REFERRER, REMOTE, REQUEST_ID, SECONDS, STATUS, TARGET,
    USER, USER_AGENT,
};
use crate::fields::Field;
use crate::request::{request_line, set_target, without_port};
use std::borrow::Cow;
use woodpile_record::{Http, Value};

/// A line with more fields is no access line: every name of a part would be looked for among all of them.
const MAX_REQUEST_FIELDS: usize = 200;

/// Takes a request: there is one where a method, a path and a status are named, or where `http` is a record's own.
pub(super) fn take<'a>(named: &mut Named<'a>) -> Option<Http<'a>> {
    let hinted = named.has(Slot::Function) || named.has(Slot::Request);
    if !hinted || named.len() > MAX_REQUEST_FIELDS {
        return None;
    }
    let ours = of_a_record(named);
    let mut taken: Vec<usize> = ours.into_iter().collect();
    let mut http = Http::default();
    set_request(named, &mut http, &mut taken);
    set_answer(named, &mut http, &mut taken);
    let whole = http.method.is_some() && http.path.is_some() && http.status.is_some();
    if !(whole || ours.is_some()) {
        return None;
    }
    set_client(named, &mut http, &mut taken);
    for position in taken {
        named.take(position);
    }
    Some(http)
}

/// Where `http` is, if it has none but the fields of a record's own.
fn of_a_record(named: &Named<'_>) -> Option<usize> {
    const NAMES: [&str; 13] = [
        "method",
        "path",
        "query",
        "status",
        "bytes",
        "durationMs",
        "remoteAddr",
        "user",
        "host",
        "referrer",
        "userAgent",
        "requestId",
        "protocol",
    ];
    let (Value::Document(fields), position) = named.find("http")? else { return None };
    let is_ours = |(key, value): &Field<'_>| {
        NAMES.contains(&&**key) && !matches!(value, Value::Document(_) | Value::Array(_))
    };
    if fields.iter().all(is_ours) { position } else { None }
}

fn set_request<'a>(named: &Named<'a>, http: &mut Http<'a>, taken: &mut Vec<usize>) {
    if set_from_request_line(named, http, taken).is_some() {
        return;
    }
    let method = |value: &Value<'a>| text_of(value).filter(|text| is_http_method(text));
    let Some((method, position)) = first(named, METHOD, method) else { return };
    http.method = Some(method);
    taken.extend(position);
    if let Some((target, position)) = first(named, TARGET, text_of) {
        let whole = take_target(target, http);
        taken.extend(position.filter(|_| whole));
    }
    if http.query.is_none() {
        http.query = text(named, &["http.query", "url.query"], taken);
    }
}

/// Fills in the target; says whether the path is all of it.
fn take_target<'a>(target: Cow<'a, str>, http: &mut Http<'a>) -> bool {
    match target {
        Cow::Borrowed(target) => {
            set_target(target, http);
            http.path.as_deref() == Some(target)
        }
        Cow::Owned(target) => {
            let mut parts = Http::default();
            set_target(&target, &mut parts);
            http.host = parts.host.map(owned);
            http.query = parts.query.map(owned);
            http.path = parts.path.map(owned);
            http.path.as_ref().is_some_and(|path| **path == *target)
        }
    }
}

/// nginx' `"request": "GET /a HTTP/1.1"`.
fn set_from_request_line<'a>(
    named: &Named<'a>,
    http: &mut Http<'a>,
    taken: &mut Vec<usize>,
) -> Option<()> {
    let (Value::Text(Cow::Borrowed(line)), position) = named.find("request")? else { return None };
    let mut parts = Http::default();
    request_line(line, &mut parts);
    parts.method.as_deref().filter(|method| is_http_method(method))?;
    let whole = parts.query.is_none() && parts.host.is_none() && parts.protocol.is_some();
    let is_lossless = whole && matches!(parts.path, Some(Cow::Borrowed(_)));
    taken.extend(position.filter(|_| is_lossless));
    *http = parts;
    Some(())
}

fn set_answer<'a>(named: &Named<'a>, http: &mut Http<'a>, taken: &mut Vec<usize>) {
    let status = |value: &Value<'a>| {
        let status = i32::try_from(integer_of(value)?).ok()?;
        (100..1_000).contains(&status).then_some(status)
    };
    let Some((status, position)) = first(named, STATUS, status) else { return };
    http.status = Some(status);
    taken.extend(position);
    let bytes = |value: &Value<'a>| integer_of(value).filter(|bytes| *bytes >= 0);
    if let Some((bytes, position)) = first(named, BYTES, bytes) {
        http.bytes = Some(bytes);
        taken.extend(position);
    }
    set_duration(named, http, taken);
}

fn set_client<'a>(named: &Named<'a>, http: &mut Http<'a>, taken: &mut Vec<usize>) {
    if let Some((address, position)) = first(named, REMOTE, text_of) {
        let bare = without_port(&address).len() == address.len();
        http.remote_addr =
            Some(if bare { address } else { Cow::Owned(without_port(&address).to_owned()) });
        taken.extend(position.filter(|_| bare));
    }
    // The app's own notion of a user stays under its name, too.
    http.user = text(named, USER, &mut Vec::new());
    http.host = http.host.take().or_else(|| text(named, HOST, taken));
    http.referrer = text(named, REFERRER, taken);
    http.user_agent = text(named, USER_AGENT, taken);
    http.request_id = text(named, REQUEST_ID, taken);
    http.protocol = http.protocol.take().or_else(|| text(named, PROTOCOL, taken));
}

/// The first of these paths whose value `convert` understands, and where it is if it is a field of its own.
fn first<'a, T>(
    named: &Named<'a>,
    paths: &[&str],
    convert: impl Fn(&Value<'a>) -> Option<T>,
) -> Option<(T, Option<usize>)> {
    paths.iter().find_map(|path| {
        let (value, position) = named.find(path)?;
        Some((convert(value)?, position))
    })
}

/// The first text that says something; Caddy writes headers as lists.
fn text<'a>(named: &Named<'a>, paths: &[&str], taken: &mut Vec<usize>) -> Option<Cow<'a, str>> {
    let (text, position) = first(named, paths, |value| {
        let value = match value {
            Value::Array(values) => values.first()?,
            value => value,
        };
        text_of(value).filter(|text| !matches!(&**text, "" | "-"))
    })?;
    taken
        .extend(position.filter(|position| matches!(named.value(*position), Some(Value::Text(_)))));
    Some(text)
}

/// The duration in milliseconds. It also stays as it was written, unless that is a number of milliseconds.
#[expect(clippy::cast_precision_loss, reason = "a duration of 2^53 ms is none")]
fn set_duration<'a>(named: &Named<'a>, http: &mut Http<'a>, taken: &mut Vec<usize>) {
    let number = |value: &Value<'a>| match value {
        Value::Int(number) => Some((*number as f64, true)),
        Value::Float(number) => Some((*number, true)),
        Value::Text(text) => with_unit(text).map(|millis| (millis, false)),
        _ => None,
    };
    // Caddy's durations are seconds, as its times are.
    let caddy = named.find("request.uri").is_some() && named.find("duration").is_some();
    if let (false, Some(((millis, exact), position))) = (caddy, first(named, MILLIS, number)) {
        http.duration_ms = Some(millis);
        taken.extend(position.filter(|_| exact));
        return;
    }
    let paths = if caddy { &["duration"] } else { SECONDS };
    let seconds = first(named, paths, |value| match value {
        Value::Text(text) => text.parse().ok(),
        value => number(value).map(|(seconds, _)| seconds),
    });
    http.duration_ms = seconds.map(|(seconds, _): (f64, _)| round_micros(seconds * 1_000.0));
}

/// `12ms`, `0.12s`, `350µs` as milliseconds.
fn with_unit(text: &str) -> Option<f64> {
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let per_unit = match unit.trim_start() {
        "" | "ms" => 1.0,
        "s" => 1_000.0,
        "us" | "µs" => 0.001,
        "ns" => 0.000_001,
        _ => return None,
    };
    Some(round_micros(number.parse::<f64>().ok()? * per_unit))
}

/// Seconds in binary are no round milliseconds: 0.07 s is 70 ms, not 70.00000000000001.
fn round_micros(millis: f64) -> f64 {
    (millis * 1_000.0).round() / 1_000.0
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

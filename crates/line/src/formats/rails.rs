//! Rails: Ruby's logger, and a request's lines from `Started` to `Completed`
//! (<https://guides.rubyonrails.org/debugging_rails_applications.html>).

use super::ruby::{self, Header};
use crate::request::set_target;
use crate::scan::Scan;
use crate::time::{Moment, iso};
use crate::{Context, Format, Line, Route};
use std::borrow::Cow;
use woodpile_record::{Entry, Http, Value};

/// A line of the logger; its tags stay in the text.
pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let Some(header) = ruby::header(line) else { return tagged(line) };
    let mut entry = Entry { time: Some(header.time.resolve(context)?), ..Entry::default() };
    set_header(&header, &mut entry);
    entry.message = header.text.into();
    set_request_id(header.text, &mut entry);
    Some(Line::new(Format::Rails, entry))
}

/// A line that has nothing but the request's id before it.
fn tagged(line: &str) -> Option<Line<'_>> {
    let (tag, _) = ruby::tagged(line)?;
    if !ruby::is_request_id(tag) {
        return None;
    }
    let mut entry = Entry { message: line.into(), ..Entry::default() };
    set_request_id(line, &mut entry);
    Some(Line::new(Format::Rails, entry))
}

fn set_header<'a>(header: &Header<'a>, entry: &mut Entry<'a>) {
    entry.level = Some(header.level.into());
    entry.process = header.process.parse().ok();
    entry.logger_name = (!header.program.is_empty()).then(|| header.program.into());
}

fn set_request_id<'a>(text: &'a str, entry: &mut Entry<'a>) {
    if let Some((tag, _)) = ruby::tagged(text)
        && ruby::is_request_id(tag)
    {
        entry.fields.push(("requestId".into(), tag.into()));
    }
}

/// Where a line stands in its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// `Started GET "/cart" for 192.0.2.7 at 2026-11-22 07:32:49 +0000`
    Started,
    /// `Processing by CartsController#show as HTML`, and what else Rails itself says of it.
    Within,
    /// `Completed 200 OK in 12ms (Views: 8.3ms | ActiveRecord: 1.2ms)`
    Completed,
}

/// The step, if the line is one of a request's, and which request's: its first tag, else the process. Without either,
/// lines of requests at the same time cannot be told apart.
pub(crate) fn step(line: &str) -> Option<(Step, &str)> {
    const WITHIN: [&str; 8] = [
        "Processing by ",
        "Parameters: ",
        "Rendering ",
        "Rendered ",
        "Redirected to ",
        "Filter chain halted as ",
        "Sent file ",
        "Sent data ",
    ];
    let (key, text) = key_and_text(line);
    let text = text.trim_start_matches(' ');
    let step = if started(text).is_some() {
        Step::Started
    } else if completed(text).is_some() {
        Step::Completed
    } else if WITHIN.iter().any(|start| text.starts_with(start)) {
        Step::Within
    } else {
        return None;
    };
    Some((step, key))
}

fn key_and_text(line: &str) -> (&str, &str) {
    let (process, text) = match ruby::header(line) {
        Some(header) => (header.process, header.text),
        None => ("", line),
    };
    ruby::tagged(text).unwrap_or((process, text))
}

struct Started<'a> {
    method: &'a str,
    target: &'a str,
    client: &'a str,
    time: Moment,
}

fn started(text: &str) -> Option<Started<'_>> {
    let mut scan = Scan::new(text);
    scan.eat("Started ")?;
    let method = scan.until(b' ')?;
    let target = scan.quoted()?;
    scan.eat(" for ")?;
    let client = scan.until(b' ')?;
    scan.eat("at ")?;
    Some(Started { method, target, client, time: iso(&mut scan)? })
}

struct Completed<'a> {
    status: i32,
    duration_ms: Option<f64>,
    parts: &'a str,
}

fn completed(text: &str) -> Option<Completed<'_>> {
    let mut scan = Scan::new(text);
    scan.eat("Completed ")?;
    let status = crate::request::status(&mut scan)?;
    let (_, spent) = scan.rest().split_once(" in ")?;
    let (total, parts) = spent.split_once(' ').unwrap_or((spent, ""));
    let parts = parts.trim_start_matches('(').trim_end_matches(')');
    Some(Completed { status, duration_ms: millis(total), parts })
}

fn millis(text: &str) -> Option<f64> {
    text.strip_suffix("ms")?.parse().ok().filter(|millis: &f64| millis.is_finite())
}

/// The access record of a request's lines; the last ones may be missing.
pub(crate) fn request<'a>(lines: &'a str, context: &Context<'_>) -> Line<'a> {
    let mut entry = Entry { message: lines.into(), ..Entry::default() };
    let mut http = Http::default();
    for line in lines.lines() {
        let (tag, text) = key_and_text(line);
        let text = text.trim_start_matches(' ');
        if let Some(started) = started(text) {
            set_started(&started, line, &mut entry, &mut http, context);
            http.request_id = ruby::is_request_id(tag).then(|| tag.into());
        } else if let Some(completed) = completed(text) {
            http.status = Some(completed.status);
            http.duration_ms = completed.duration_ms;
            entry.fields.extend(spent(completed.parts));
        } else if let Some(handler) = text.strip_prefix("Processing by ") {
            set_handler(handler, &mut entry);
        }
    }
    entry.http = Some(Box::new(http));
    Line { route: Route::Access, ..Line::new(Format::Rails, entry) }
}

/// The logger's time is finer, but only the request's own has a zone.
fn set_started<'a>(
    started: &Started<'a>,
    line: &'a str,
    entry: &mut Entry<'a>,
    http: &mut Http<'a>,
    context: &Context<'_>,
) {
    let mut time = started.time;
    if let Some(header) = ruby::header(line) {
        set_header(&header, entry);
        time = Moment { offset: time.offset, ..header.time };
    }
    entry.time = time.resolve(context);
    http.method = Some(started.method.into());
    http.remote_addr = Some(started.client.into());
    set_target(started.target, http);
}

/// `CartsController#show as HTML`
fn set_handler<'a>(handler: &'a str, entry: &mut Entry<'a>) {
    let name = handler.split(' ').next().unwrap_or(handler);
    if let Some((controller, action)) = name.split_once('#') {
        entry.fields.push(("controller".into(), controller.into()));
        entry.fields.push(("action".into(), action.into()));
    }
}

/// Where the time went, under lograge's names: `Views: 8.3ms | ActiveRecord: 1.2ms`.
fn spent(parts: &str) -> impl Iterator<Item = (Cow<'_, str>, Value<'_>)> {
    parts.split(" | ").filter_map(|part| {
        let (name, spent) = part.split_once(": ")?;
        let name = match name {
            "Views" => "view",
            "ActiveRecord" => "db",
            _ => return None,
        };
        let spent = millis(spent.split(' ').next()?)?;
        Some((Cow::Borrowed(name), Value::Float(spent)))
    })
}

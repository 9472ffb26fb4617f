//! Records that name their fields themselves, as JSON and logfmt do: which name means what, whichever library
//! wrote it.
//!
//! A field that is understood moves to its typed place; it also stays under its own name wherever the typed
//! place does not hold all of it (`/a?b=c`, `12ms`, a logger's numbers), so that nothing of a line is lost.

mod access;
mod error;
mod key;
mod level;
mod lookup;
mod nested;
mod request_names;
mod when;

use crate::fields::Field;
use crate::{Context, Names, Route};
use key::Slot;
use lookup::{Named, integer_of, text_of};
use std::borrow::Cow;
use woodpile_record::{Entry, EventTime, Value};

/// What the fields of a line say; those `asked` for go before the usual ones. `line` is the message if no field is one.
pub(crate) fn read<'a>(
    fields: Vec<Field<'a>>,
    asked: Names<'_>,
    line: &'a str,
    context: &Context<'_>,
) -> (Entry<'a>, Option<Route>) {
    let mut named = Named::of(fields, asked);
    let mut entry = Entry { time: named.time(asked.time, context), ..Entry::default() };
    entry.level = level::take(&mut named);
    entry.message = named.message(asked.message).unwrap_or(Cow::Borrowed(line));
    take_origin(&mut named, &mut entry);
    nested::fill(&named, &mut entry);
    entry.exception = error::take(&mut named);
    entry.http = access::take(&mut named).map(Box::new);
    entry.extra = named.extra();
    entry.fields = named.rest();
    let route = route(&entry);
    (entry, route)
}

fn take_origin<'a>(named: &mut Named<'a>, entry: &mut Entry<'a>) {
    entry.logger_name = named.text(Slot::Logger);
    take_source(named, entry);
    take_thread(named, entry);
    entry.process = named.integer(Slot::Process);
    entry.hostname = named.text(Slot::Hostname);
    entry.app = named.text(Slot::App);
    entry.tags = named.tags();
    entry.span = named.spans();
    entry.trace_id = named.text(Slot::TraceId);
    entry.span_id = named.text(Slot::SpanId);
}

/// The place in the source; `caller` holds file and line in one.
fn take_source<'a>(named: &mut Named<'a>, entry: &mut Entry<'a>) {
    entry.file_name = named.text(Slot::File);
    entry.module = named.text(Slot::Module);
    entry.method = named.function();
    entry.line_number = named.integer(Slot::Line);
    if entry.file_name.is_none()
        && let Some((file, line)) = named.peek_text(Slot::Caller).as_ref().and_then(file_and_line)
    {
        entry.file_name = Some(file);
        entry.line_number = entry.line_number.or(Some(line));
    }
    if entry.file_name.is_none() && entry.method.is_none() {
        set_go_source(named, entry);
    }
}

/// Go's slog has the place in a document of its own, which stays.
fn set_go_source<'a>(named: &Named<'a>, entry: &mut Entry<'a>) {
    let Some((Value::Text(file), _)) = named.find("source.file") else { return };
    entry.file_name = Some(file.clone());
    entry.method = named.find("source.function").and_then(|(name, _)| text_of(name));
    entry.line_number = named.find("source.line").and_then(|(line, _)| integer_of(line));
}

fn file_and_line<'a>(caller: &Cow<'a, str>) -> Option<(Cow<'a, str>, i64)> {
    let (file, line) = caller.rsplit_once(':')?;
    let line = line.parse().ok()?;
    let file = match caller {
        Cow::Borrowed(caller) => Cow::Borrowed(caller.get(..file.len())?),
        Cow::Owned(_) => Cow::Owned(file.to_owned()),
    };
    Some((file, line))
}

/// A thread is a number in some libraries, and a name in others.
fn take_thread<'a>(named: &mut Named<'a>, entry: &mut Entry<'a>) {
    entry.thread_name = named.text(Slot::ThreadName).or_else(|| named.text(Slot::Thread));
    entry.thread = named.integer(Slot::Thread);
}

/// Servers' own loggers have logs of their own.
fn route(entry: &Entry<'_>) -> Option<Route> {
    let logger = entry.logger_name.as_deref().unwrap_or_default();
    if entry.http.is_some() || matches!(logger, "gunicorn.access" | "uvicorn.access") {
        Some(Route::Access)
    } else if matches!(logger, "gunicorn.error" | "uvicorn.error") {
        Some(Route::Error)
    } else {
        None
    }
}

impl Named<'_> {
    /// The time, from the best field that holds one; log4mongo's own `nanos` belong to it.
    fn time(&mut self, preferred: Option<&str>, context: &Context<'_>) -> Option<EventTime> {
        let inner = self.inner(preferred).and_then(|value| when::time_of(value, context));
        if inner.is_some() {
            return inner;
        }
        let time = self.convert(Slot::Time, |value| when::time_of(value, context))?;
        let nanos = self.convert(Slot::Nanos, |value| match value {
            Value::Int(nanos) if (0..1_000_000).contains(nanos) => Some(*nanos),
            _ => None,
        });
        match nanos {
            Some(nanos) if time.sub_millis() == 0 => Some(EventTime::from_nanos(
                i128::from(time.millis()) * 1_000_000 + i128::from(nanos),
            )),
            _ => Some(time),
        }
    }
}

impl<'a> Named<'a> {
    /// The message, from the best field that holds a text.
    fn message(&mut self, preferred: Option<&str>) -> Option<Cow<'a, str>> {
        let inner = self.inner(preferred).and_then(text_of);
        inner.or_else(|| self.text(Slot::Message))
    }

    /// The value at a path into documents, which stay.
    fn inner(&self, path: Option<&str>) -> Option<&Value<'a>> {
        match self.find(path?)? {
            (value, None) => Some(value),
            (_, Some(_)) => None,
        }
    }
}

//! JSON lines, whichever library wrote them: pino, bunyan, winston, zap, structlog, tracing, mongod, journald,
//! Docker, Caddy and others name the same things differently, and [`named`] knows the names.

mod docker;
mod flatten;
mod value;

use crate::{Context, Format, Line, named};
use woodpile_record::Value;

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let mut fields = value::document(line)?;
    flatten::tracing(&mut fields);
    flatten::journald(&mut fields);
    if let Some(line) = docker::parse(&fields, context) {
        return Some(line);
    }
    let (entry, route) = named::read(fields, line, context);
    let line = Line::new(Format::Json, entry);
    Some(Line { route: route.unwrap_or(line.route), ..line })
}

fn is_text(value: &Value<'_>) -> bool {
    matches!(value, Value::Text(_))
}

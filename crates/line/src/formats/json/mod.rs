//! JSON lines, whichever library wrote them: pino, bunyan, winston, zap, structlog, tracing, mongod, journald,
//! Docker, Caddy and others name the same things differently, and [`named`] knows the names.

mod docker;
mod flatten;
mod value;

use crate::fields::Field;
use crate::{Context, Format, Line, Names, named};
use woodpile_record::Value;

pub(crate) use value::fields;

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let fields = value::fields(line, None).ok()?;
    Some(read(fields, line, Names::default(), context))
}

/// What the fields of `text` say.
pub(crate) fn read<'a>(
    mut fields: Vec<Field<'a>>,
    text: &'a str,
    names: Names<'_>,
    context: &Context<'_>,
) -> Line<'a> {
    flatten::tracing(&mut fields);
    flatten::journald(&mut fields);
    if let Some(line) = docker::parse(&fields, context) {
        return line;
    }
    let (entry, route) = named::read(fields, names, text, context);
    let line = Line::new(Format::Json, entry);
    Line { route: route.unwrap_or(line.route), ..line }
}

fn is_text(value: &Value<'_>) -> bool {
    matches!(value, Value::Text(_))
}

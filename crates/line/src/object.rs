use crate::formats::json;
use crate::{Context, Line, Scratch};
use std::borrow::Cow;
use woodpile_record::Value;
use woodpile_record::json::JsonError;

/// Which fields of an object hold its time and its message, where the sender says so; else the usual names do.
/// A name with dots may be a path into documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Names<'n> {
    /// The time's.
    pub time: Option<&'n str>,
    /// The message's.
    pub message: Option<&'n str>,
}

/// Reads a text that is one JSON object, whichever library wrote it, as [`parse`](crate::parse()) does; escaped texts
/// go to `scratch`.
///
/// # Errors
/// Says where the text stops being one JSON object, and why.
pub fn parse_object<'a>(
    text: &'a str,
    names: Names<'_>,
    scratch: &'a Scratch,
    context: &Context<'_>,
) -> Result<Line<'a>, JsonError> {
    let fields = json::fields(text, Some(scratch))?;
    let mut line = json::read(fields, text, names, context);
    line.look_into_message(text, context);
    Ok(line)
}

/// Reads fields that need not come from JSON as [`parse_object`] does. Of fields that mean the same the first counts, the
/// others stay. `text` is the message if no field is one.
pub fn read_fields<'a>(
    fields: Vec<(Cow<'a, str>, Value<'a>)>,
    text: &'a str,
    context: &Context<'_>,
) -> Line<'a> {
    let mut line = json::read(fields, text, Names::default(), context);
    if line.entry.http.is_none() {
        line.enrich(context);
    }
    line
}

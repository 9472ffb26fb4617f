use crate::formats::json;
use crate::{Context, Line, Scratch};
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

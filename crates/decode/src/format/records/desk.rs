//! Where the text of one object becomes a record.

use super::Options;
use crate::place::{self, Start};
use crate::{Body, Decoded, Each, Rejected, check_name, exported};
use std::borrow::Cow;
use woodpile_line::{Context, Line, Scratch, keep_bytes, parse_object};
use woodpile_record::{Value, name};

/// What all records of a body share.
pub(super) struct Desk<'d> {
    context: &'d Context<'d>,
    options: Options<'d>,
    /// Whether any record may be one of an export.
    may_be_exported: bool,
    /// Whether any record may name its collection.
    may_name_collection: bool,
    scratch: Scratch,
}

impl<'d> Desk<'d> {
    pub(super) fn new(body: &[u8], context: &'d Context<'d>, options: Options<'d>) -> Self {
        Self {
            context,
            options,
            may_be_exported: exported::is_likely(body, options.collection),
            may_name_collection: exported::is_likely(body, None),
            scratch: Scratch::new(),
        }
    }

    /// Takes a record that begins at `start`.
    pub(super) fn take(&mut self, text: &str, start: Start, each: &mut Each<'_>) {
        match self.take_exported(text, each) {
            Ok(true) => {}
            Ok(false) => {
                match self.read(text) {
                    Ok(decoded) => each(Ok(decoded)),
                    Err(error) => each(Err(start.within(error))),
                }
                self.scratch.clear();
            }
            Err(error) => each(Err(start.within(error))),
        }
    }

    /// Takes a line of which some bytes, which were no UTF-8, are replaced in `text`.
    pub(super) fn take_lossy(
        &mut self,
        line: &[u8],
        text: &str,
        start: Start,
        each: &mut Each<'_>,
    ) {
        match self.read(text) {
            Ok(mut decoded) => {
                if let Body::Entry { entry, .. } = &mut decoded.body {
                    keep_bytes(entry, line);
                }
                each(Ok(decoded));
            }
            Err(error) => each(Err(start.within(error))),
        }
        self.scratch.clear();
    }

    fn read<'a>(&'a self, text: &'a str) -> Result<Decoded<'a>, Rejected> {
        let Line { route, mut entry, .. } =
            parse_object(text, self.options.names, &self.scratch, self.context)
                .map_err(|error| explained(text, place::of(text, &error)))?;
        let collection =
            if self.may_name_collection { take_collection(&mut entry.fields)? } else { None };
        Ok(Decoded { collection, ..Decoded::entry(entry, route) })
    }

    /// Takes a record of an export as it is; false if it is none.
    fn take_exported(&self, text: &str, each: &mut Each<'_>) -> Result<bool, Rejected> {
        let collection = self.options.collection;
        if !(self.may_be_exported && exported::is_likely(text.as_bytes(), collection)) {
            return Ok(false);
        }
        let Some((named, record)) = exported::read(text, collection)? else { return Ok(false) };
        named.as_deref().map(check).transpose()?;
        let body = Body::Document(record.as_document());
        each(Ok(Decoded { collection: named.map(Cow::Owned), body }));
        Ok(true)
    }
}

/// A line that is no JSON at all says so.
fn explained(text: &str, error: Rejected) -> Rejected {
    if text.trim_ascii_start().starts_with('{') || error.reason.starts_with("expected a JSON") {
        return error;
    }
    let reason = "expected a JSON object, `{…}`, found other text".to_owned();
    Rejected { line: error.line, column: Some(1), reason }
}

/// The collection that a record without an `_id` names.
fn take_collection<'a>(
    fields: &mut Vec<(Cow<'a, str>, Value<'a>)>,
) -> Result<Option<Cow<'a, str>>, Rejected> {
    let is_it = |(key, value): &(Cow<'a, str>, Value<'a>)| {
        key == name::COLLECTION && matches!(value, Value::Text(_))
    };
    let Some(at) = fields.iter().position(is_it) else { return Ok(None) };
    let (_, Value::Text(found)) = fields.remove(at) else { return Ok(None) };
    check(&found)?;
    Ok(Some(found))
}

fn check(collection: &str) -> Result<(), Rejected> {
    check_name(collection).map_err(|error| Rejected {
        line: 1,
        column: None,
        reason: error.to_string(),
    })
}

//! Records as JSON: one object a line, an array of objects, or objects one after another. Lines of an export keep
//! their `_id` and every type.

mod desk;
mod values;

use crate::lines::{Lines, text, without_mark};
use crate::place::Start;
use crate::{Each, Rejected};
use desk::Desk;
use woodpile_line::{Context, Names};

/// What the request says of its records.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'o> {
    /// The fields that hold time and message, where these are not the usual ones.
    pub names: Names<'o>,
    /// The collection that the sender names; with it, documents that have an `_id` are kept as they are.
    pub collection: Option<&'o str>,
}

/// Hands out the records of a body. One object that cannot be read costs only itself where each has a line of its own;
/// an array that is broken gives nothing.
///
/// # Errors
/// Says where an array stops being JSON.
pub fn decode(
    body: &[u8],
    context: &Context<'_>,
    options: Options<'_>,
    each: &mut Each<'_>,
) -> Result<(), Rejected> {
    let body = without_mark(body);
    let mut desk = Desk::new(body, context, options);
    if let Some(values) = values::of(body)? {
        for (start, value) in values::placed(body, &values) {
            desk.take(value, start, each);
        }
        return Ok(());
    }
    for (number, line) in Lines::of(body) {
        let start = Start::of_line(number);
        match text(line) {
            (text, None) => desk.take(&text, start, each),
            (text, Some(bytes)) => desk.take_lossy(bytes, &text, start, each),
        }
    }
    Ok(())
}

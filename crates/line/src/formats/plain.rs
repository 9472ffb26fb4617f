//! Text in no format.

use crate::{Context, Format, Line};
use woodpile_record::Entry;

pub(crate) fn parse<'a>(line: &'a str, _: &Context<'_>) -> Option<Line<'a>> {
    Some(Line::new(Format::Plain, Entry { message: line.into(), ..Entry::default() }))
}

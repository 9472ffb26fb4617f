//! Text in no format.

use crate::{Context, Format, Line};
use woodpile_record::Entry;

#[expect(clippy::unnecessary_wraps, reason = "the signature of every format's parser")]
pub(crate) fn parse<'a>(line: &'a str, _: &Context<'_>) -> Option<Line<'a>> {
    Some(Line::new(Format::Plain, Entry { message: line.into(), ..Entry::default() }))
}

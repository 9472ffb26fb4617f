//! heroku.

use crate::{Context, Line};

pub(crate) fn parse<'a>(_line: &'a str, _context: &Context<'_>) -> Option<Line<'a>> {
    None
}

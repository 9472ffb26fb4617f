//! log4j, logback, Spring Boot and their relatives: `2026-11-22 07:32:45,123 INFO [main] com.shop.Cart - text`.

use crate::{Context, Format, Line, formats::timed};

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let (entry, _) = timed::with_level(line, context)?;
    Some(Line::new(Format::Log4j, entry))
}

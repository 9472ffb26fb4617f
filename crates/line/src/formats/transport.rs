//! Lines that another program wrote around an app's own: `heroku logs`, syslog.

use super::{heroku, syslog};
use crate::{Context, Format, Line};
use woodpile_record::Entry;

/// Who sent the line, and what of it is the app's own.
pub(crate) fn split(line: &str) -> Option<(&str, &str)> {
    match line.as_bytes().first()? {
        b'0'..=b'9' => heroku::split(line).or_else(|| syslog::split(line)),
        b'A'..=b'Z' => syslog::split(line),
        _ => None,
    }
}

/// Reads the app's line. One transport within another is not looked into: each would go one call deeper.
pub(super) fn inner<'a>(text: &'a str, context: &Context<'_>) -> Line<'a> {
    if split(text).is_some() {
        let entry = Entry { message: text.into(), ..Entry::default() };
        return Line::new(Format::Plain, entry);
    }
    crate::parse(text, None, context)
}

//! Lines that another program wrote around an app's own: `heroku logs`, syslog.

use super::{heroku, syslog};
use crate::{Context, Format, Line};
use woodpile_record::Entry;

/// Reads the app's line. One transport within another is not looked into: each would go one call deeper.
pub(super) fn inner<'a>(text: &'a str, context: &Context<'_>) -> Line<'a> {
    if heroku::is_header(text) || syslog::is_header(text) {
        let entry = Entry { message: text.into(), ..Entry::default() };
        return Line::new(Format::Plain, entry);
    }
    crate::parse(text, None, context)
}

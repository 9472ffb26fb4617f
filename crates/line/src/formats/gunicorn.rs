//! gunicorn's error log: `[2026-11-22 07:32:45 +0000] [123] [INFO] Booting worker with pid: 123`; before
//! version 19 without the first brackets. Hypercorn writes the same.

use crate::level;
use crate::scan::Scan;
use crate::time::iso;
use crate::{Context, Format, Line};
use woodpile_record::Entry;

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let mut scan = Scan::new(line);
    let bracketed = scan.eat("[").is_some();
    let moment = iso(&mut scan)?;
    if bracketed {
        // Others write the same with milliseconds or without a zone: those are applications.
        moment.offset?;
        scan.eat("]")?;
    } else if moment.offset.is_some() {
        return None;
    }
    if moment.nanos != 0 {
        return None;
    }
    scan.eat(" ")?;
    let process = scan.bracketed()?.parse().ok()?;
    scan.eat(" ")?;
    let level = scan.bracketed().filter(|level| level::is_level(level))?;
    let message = scan.rest().strip_prefix(' ').unwrap_or(scan.rest());
    let entry = Entry {
        time: moment.resolve(context),
        level: Some(level.into()),
        process: Some(process),
        message: message.into(),
        ..Entry::default()
    };
    Some(Line::new(Format::Gunicorn, entry))
}

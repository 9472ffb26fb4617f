//! Python's `logging`, in the shapes that its documentation, Flask, Celery and heroku-log4mongo give it.

use crate::level::is_level;
use crate::scan::Scan;
use crate::time::iso;
use crate::{Context, Format, Line, formats::timed};
use woodpile_record::Entry;

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    basic_config(line)
        .or_else(|| celery(line, context))
        .or_else(|| timed::with_level(line, context).map(|(entry, _)| entry))
        .map(|entry| Line::new(Format::Python, entry))
}

/// `basicConfig`'s `LEVEL:logger:text`.
fn basic_config(line: &str) -> Option<Entry<'_>> {
    let mut scan = Scan::new(line);
    let level = scan.until(b':')?;
    if !matches!(level, "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL") {
        return None;
    }
    let logger = scan.until(b':')?;
    if logger.is_empty() || logger.contains([' ', '\t', '"', '/']) {
        return None;
    }
    Some(Entry {
        level: Some(level.into()),
        logger_name: Some(logger.into()),
        message: scan.rest().into(),
        ..Entry::default()
    })
}

/// Celery's `[2026-11-22 07:32:45,123: INFO/MainProcess] text`.
fn celery<'a>(line: &'a str, context: &Context<'_>) -> Option<Entry<'a>> {
    let mut scan = Scan::new(line);
    scan.eat("[")?;
    let time = iso(&mut scan)?.resolve(context)?;
    scan.eat(": ")?;
    let (level, process) = scan.until(b']')?.split_once('/')?;
    is_level(level).then_some(())?;
    let _ = scan.eat(" ");
    Some(Entry {
        time: Some(time),
        level: Some(level.into()),
        thread_name: Some(process.into()),
        message: scan.rest().into(),
        ..Entry::default()
    })
}

//! What any logger writes: a time, perhaps a level and more of a header, and a text.

use crate::header::{self, Style};
use crate::scan::Scan;
use crate::time::{Moment, leading};
use crate::{Context, Format, Line, level};
use std::borrow::Cow;
use woodpile_record::Entry;

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    if let Some((entry, style)) = with_level(line, context) {
        let format = match style {
            Style::Python => Format::Python,
            Style::Java => Format::Log4j,
            Style::Bare => Format::Timed,
        };
        return Some(Line::new(format, entry));
    }
    let entry = time_and_text(line, context).or_else(|| level_and_text(line))?;
    Some(Line::new(Format::Timed, entry))
}

/// A line with a time and a level.
pub(crate) fn with_level<'a>(line: &'a str, context: &Context<'_>) -> Option<(Entry<'a>, Style)> {
    let (moment, scan) = after_time(line)?;
    let mut entry = Entry { time: Some(moment.resolve(context)?), ..Entry::default() };
    let mut style = header::read(scan, &mut entry)?;
    if line.starts_with('[') && style == Style::Bare && set_logger_behind(&mut entry) {
        style = Style::Java;
    }
    Some((entry, style))
}

/// The time, perhaps in brackets, and where the line goes on.
fn after_time(line: &str) -> Option<(Moment, Scan<'_>)> {
    let mut scan = Scan::new(line);
    let bracketed = scan.eat("[").is_some();
    let moment = leading(&mut scan)?;
    if bracketed {
        scan.eat("]")?;
    }
    matches!(scan.peek(), None | Some(b' ' | b'\t' | b':' | b'[' | b'|')).then_some((moment, scan))
}

/// Kafka's `[time] LEVEL text (logger)`: the logger stays in the text, too.
fn set_logger_behind(entry: &mut Entry<'_>) -> bool {
    let Cow::Borrowed(text) = entry.message else { return false };
    let Some((_, name)) = text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")) else {
        return false;
    };
    let is_class = name.contains('.') && header::is_logger(name);
    if is_class {
        entry.logger_name = Some(name.into());
    }
    is_class
}

/// A time and no level. A time of day alone is too little to go by.
fn time_and_text<'a>(line: &'a str, context: &Context<'_>) -> Option<Entry<'a>> {
    let (moment, mut scan) = after_time(line)?;
    moment.day?;
    scan.blanks();
    Some(Entry {
        time: Some(moment.resolve(context)?),
        message: scan.rest().into(),
        ..Entry::default()
    })
}

/// `WARN text`, `[info] text`, `error: text`: the line stays whole.
fn level_and_text(line: &str) -> Option<Entry<'_>> {
    let mut scan = Scan::new(line);
    let level = match scan.bracketed() {
        Some(text) => Some(text.trim()).filter(|text| level::is_level(text))?,
        None => bare_level(scan)?,
    };
    Some(Entry { level: Some(level.into()), message: line.into(), ..Entry::default() })
}

/// A level in capitals, or one that a colon follows.
fn bare_level(mut scan: Scan<'_>) -> Option<&str> {
    let level = level::leading(&mut scan)?;
    let shouted = level.bytes().all(|byte| byte.is_ascii_uppercase());
    let fits = match scan.peek() {
        Some(b':') => true,
        Some(b' ' | b'\t') => shouted,
        _ => false,
    };
    fits.then_some(level)
}

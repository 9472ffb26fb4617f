//! Rust's `tracing-subscriber` (`fmt`: full and compact) and `env_logger`:
//! `2026-11-22T07:32:49.123456Z  INFO request{id=7}: shop::cart: saved user=7`,
//! `[2026-11-22T07:32:49Z INFO  shop::cart] saved`.

use crate::fields::{self, Field};
use crate::scan::{Scan, closing_quote};
use crate::time::iso;
use crate::{Context, Format, Line};
use woodpile_record::{Entry, EventTime};

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    if line.starts_with('[') {
        return env_logger(line, context);
    }
    let mut scan = Scan::new(line);
    // The pretty form indents its first line, too.
    scan.blanks();
    let time = leading_time(&mut scan, context);
    scan.blanks();
    let level = level(&mut scan)?;
    let mut entry = Entry { time, level: Some(level.into()), ..Entry::default() };
    thread(&mut scan, &mut entry);
    let span_fields = spans(&mut scan, &mut entry);
    let target = target(&mut scan);
    // Without a time, only a target tells the line from any text that begins with a level.
    if time.is_none() && !target.is_some_and(|target| target.contains("::")) && entry.span.is_none()
    {
        return None;
    }
    // A thread in brackets is Java's.
    if target.is_none() && (scan.peek() == Some(b'[') || scan.rest().contains(" --- ")) {
        return None;
    }
    entry.logger_name = target.map(Into::into);
    location(&mut scan, &mut entry);
    Some(finish(scan.rest(), span_fields, entry))
}

/// Only an ISO time with a `T` and a zone: others write the level after a blank.
fn leading_time(scan: &mut Scan<'_>, context: &Context<'_>) -> Option<EventTime> {
    let mut after = *scan;
    let with_t = scan.rest().as_bytes().get(10) == Some(&b'T');
    let moment = iso(&mut after).filter(|moment| with_t && moment.offset.is_some())?;
    let time = moment.resolve(context)?;
    after.gap()?;
    *scan = after;
    Some(time)
}

/// One of tracing's levels and the blank behind it.
fn level<'a>(scan: &mut Scan<'a>) -> Option<&'a str> {
    let mut after = *scan;
    let level = after.word()?;
    if !matches!(level, "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR") {
        return None;
    }
    after.gap()?;
    *scan = after;
    Some(level)
}

/// `main ThreadId(01) `, if it was built to show threads.
fn thread<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) {
    let Some((before, rest)) = scan.rest().split_once("ThreadId(") else { return };
    let name = before.trim_end();
    if name.contains([' ', ':']) {
        return;
    }
    let mut after = Scan::new(rest);
    let Some(number) = after.integer() else { return };
    if after.eat(") ").is_none() {
        return;
    }
    entry.thread = Some(number);
    entry.thread_name = (!name.is_empty()).then(|| name.into());
    *scan = after;
}

/// The spans, from the outermost: `request{id=7 path="/a b"}:query: `; compact without the fields.
fn spans<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) -> Vec<Field<'a>> {
    let mut after = *scan;
    let mut names = Vec::new();
    let mut all_fields = Vec::new();
    let mut braces = false;
    loop {
        let Some(name) = after.take_while(is_name) else { return Vec::new() };
        names.push(name);
        if after.eat("{").is_some() {
            braces = true;
            let Some(text) = braced(&mut after) else { return Vec::new() };
            let Some(fields) = fields::all(text) else { return Vec::new() };
            all_fields.extend(fields);
        }
        if after.eat(":").is_none() {
            return Vec::new();
        }
        if after.eat(" ").is_some() {
            break;
        }
    }
    // A single name without fields is a span only if a target comes after it.
    let certain = braces || names.len() > 1 || path_follows(after);
    if !certain {
        return Vec::new();
    }
    entry.span = Some(names.join(":").into());
    *scan = after;
    all_fields
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.".contains(&byte) || byte >= 0x80
}

fn path_follows(mut scan: Scan<'_>) -> bool {
    target(&mut scan).is_some_and(|target| target.contains("::"))
}

/// What stands before the brace that closes; the opening one is gone.
fn braced<'a>(scan: &mut Scan<'a>) -> Option<&'a str> {
    let text = scan.rest();
    let mut depth = 1_usize;
    let mut at = 0;
    loop {
        match text.as_bytes().get(at)? {
            b'"' => at += 1 + closing_quote(text.get(at + 1..)?),
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        at += 1;
    }
    *scan = Scan::new(text.get(at + 1..)?);
    text.get(..at)
}

/// `shop::cart: `.
fn target<'a>(scan: &mut Scan<'a>) -> Option<&'a str> {
    let mut after = *scan;
    let target = after.until_text(": ")?;
    let is_path = !target.is_empty()
        && target.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:-.".contains(&byte));
    if !is_path || target.bytes().next()?.is_ascii_digit() {
        return None;
    }
    *scan = after;
    Some(target)
}

/// `src/main.rs:12: `, if it was built to show places.
fn location<'a>(scan: &mut Scan<'a>, entry: &mut Entry<'a>) {
    let mut after = *scan;
    let Some(location) = after.until_text(": ") else { return };
    let Some((file, line)) = location.rsplit_once(':') else { return };
    let Ok(line) = line.parse() else { return };
    if file.strip_suffix(".rs").is_none_or(|name| name.contains(' ')) {
        return;
    }
    entry.file_name = Some(file.into());
    entry.line_number = Some(line);
    *scan = after;
}

fn env_logger<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let mut scan = Scan::new(line);
    scan.eat("[")?;
    let time = leading_time(&mut scan, context)?;
    let mut head = Scan::new(scan.until(b']')?);
    let level = level(&mut head).or_else(|| crate::level::leading(&mut head))?;
    let target = head.rest().trim();
    let entry = Entry {
        time: Some(time),
        level: Some(level.into()),
        logger_name: (!target.is_empty()).then(|| target.into()),
        ..Entry::default()
    };
    let text = scan.rest().strip_prefix(' ').unwrap_or(scan.rest());
    Some(finish(text, Vec::new(), entry))
}

/// The text is the message, fields and all; the event's own fields come before those of its spans.
fn finish<'a>(text: &'a str, span_fields: Vec<Field<'a>>, mut entry: Entry<'a>) -> Line<'a> {
    entry.message = text.into();
    entry.fields = fields::trailing(text);
    entry.fields.extend(span_fields);
    Line::new(Format::Tracing, entry)
}

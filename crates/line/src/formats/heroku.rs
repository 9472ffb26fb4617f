//! What `heroku logs` prints: `2026-11-22T07:32:49.123456+00:00 app[web.1]: text`, and what the platform says in it
//! (<https://devcenter.heroku.com/articles/error-codes>).

use super::transport;
use crate::scan::Scan;
use crate::time::{Moment, iso};
use crate::{Context, Format, Line};
use woodpile_record::{Entry, Heroku};

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let header = header(line)?;
    let mut line = transport::inner(header.text, context);
    line.format = Format::Heroku;
    let entry = &mut line.entry;
    entry.time = Some(header.time.resolve(context)?);
    let heroku = entry.heroku.get_or_insert_default();
    heroku.source = Some(header.source.into());
    heroku.process = Some(header.process.into());
    if header.source == "heroku" {
        set_heroku_code(header.text, entry);
    }
    Some(line)
}

/// The process that sent the line, and what it sent.
pub(super) fn split(line: &str) -> Option<(&str, &str)> {
    header(line).map(|header| (header.process, header.text))
}

struct Header<'a> {
    time: Moment,
    source: &'a str,
    process: &'a str,
    text: &'a str,
}

fn header(line: &str) -> Option<Header<'_>> {
    let mut scan = Scan::new(line);
    let time = iso(&mut scan).filter(|time| time.offset.is_some())?;
    scan.eat(" ")?;
    let source = scan.take_while(|byte| byte.is_ascii_lowercase())?;
    let process = scan.bracketed()?;
    let known = matches!(source, "app" | "heroku") && !process.is_empty() && !process.contains(' ');
    scan.eat(":").filter(|()| known)?;
    let _ = scan.eat(" ");
    Some(Header { time, source, process, text: scan.rest() })
}

/// Sets the code and its level of `Error R14 (Memory quota exceeded)`, which Heroku's runtime and log router write.
pub fn set_heroku_code<'a>(text: &'a str, entry: &mut Entry<'a>) {
    let Some(code) = heroku_code(text) else { return };
    entry.heroku.get_or_insert_default().code = Some(code.into());
    if entry.level.is_none() {
        entry.level = Some(level_of(code).into());
    }
}

/// The code in `Error R14 (Memory quota exceeded)`.
pub fn heroku_code(text: &str) -> Option<&str> {
    text.strip_prefix("Error ").and_then(|rest| rest.get(..3)).filter(|code| is_code(code))
}

fn is_code(code: &str) -> bool {
    let bytes = code.as_bytes();
    matches!(bytes, [b'H' | b'R' | b'L', tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit())
}

/// As Heroku's own command line grades its codes.
fn level_of(code: &str) -> &'static str {
    match code {
        "H27" | "H81" | "H82" => "info",
        "H15" | "H17" | "H28" | "H80" | "R12" | "R13" | "R16" | "R99" | "L10" | "L11" | "L12" => {
            "warning"
        }
        _ => "error",
    }
}

/// The router's own words for where a request went.
pub(super) fn of_router<'a>(dyno: Option<&'a str>, code: Option<&'a str>) -> Heroku<'a> {
    let present = |text: Option<&'a str>| text.filter(|text| !text.is_empty()).map(Into::into);
    Heroku { dyno: present(dyno), code: present(code), ..Heroku::default() }
}

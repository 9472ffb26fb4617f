//! What Ruby's `Logger` writes before a text (<https://docs.ruby-lang.org/en/master/Logger/Formatter.html>):
//! `I, [2026-11-22T07:32:49.123456 #1234]  INFO -- program: text`; and the tags that Rails puts before it.

use crate::scan::Scan;
use crate::time::{Moment, iso};

/// The header.
pub(super) struct Header<'a> {
    pub(super) time: Moment,
    pub(super) process: &'a str,
    pub(super) level: &'a str,
    pub(super) program: &'a str,
    pub(super) text: &'a str,
}

pub(super) fn header(line: &str) -> Option<Header<'_>> {
    let mut scan = Scan::new(line);
    let initial = scan.take_while(|byte| byte.is_ascii_uppercase())?;
    scan.eat(", [")?;
    let time = iso(&mut scan)?;
    scan.eat(" #")?;
    let process = scan.until(b']')?;
    scan.blanks();
    let level = scan.until(b' ').filter(|level| level.starts_with(initial))?;
    scan.eat("-- ")?;
    let program = scan.until(b':')?;
    let text = scan.rest();
    let text = text.strip_prefix(' ').unwrap_or(text);
    Some(Header { time, process, level, program, text })
}

/// The first tag, such as a request's id, and the text behind all tags: `[7f3a…] [shop] text`.
pub(crate) fn tagged(text: &str) -> Option<(&str, &str)> {
    let mut scan = Scan::new(text);
    let first = scan.bracketed()?;
    let _ = scan.eat(" ");
    while scan.bracketed().is_some() {
        let _ = scan.eat(" ");
    }
    Some((first, scan.rest()))
}

/// Whether a tag is a request's id: a UUID.
pub(super) fn is_request_id(tag: &str) -> bool {
    tag.len() == 36 && tag.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

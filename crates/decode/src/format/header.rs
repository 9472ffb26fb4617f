//! The header of one message of syslog: RFC 5424 and RFC 3164, as they are really sent, and Logplex' own.

use super::priority::{self, Priority};
use super::structured_data::StructuredData;
use woodpile_line::{Context, leading_syslog_time, whole_time};
use woodpile_record::{EventTime, Severity};

/// What Heroku's drains have for a host; behind it there is no structured data.
const LOGPLEX_HOST: &str = "host";
/// The longest word that is taken for a program's name.
const MAX_TAG_BYTES: usize = 128;
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What stands before a message's text. What is absent or `-` is `None`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Header<'a> {
    pub(crate) priority: Option<Priority>,
    pub(crate) time: Option<EventTime>,
    pub(crate) host: Option<&'a str>,
    pub(crate) app: Option<&'a str>,
    pub(crate) process: Option<&'a str>,
    pub(crate) id: Option<&'a str>,
    pub(crate) data: StructuredData<'a>,
    /// Whether the time says its year and zone, and so is the same whenever it is read.
    pub(crate) is_dated: bool,
    /// App and process, as one text: who sent it.
    pub(crate) sender: &'a str,
}

impl<'a> Header<'a> {
    /// Reads the header of a message, and says where its text begins. Total: a message without any is all text.
    pub(crate) fn read(message: &'a str, context: &Context<'_>) -> (Self, usize) {
        let Some((priority, rest)) = priority::read(message) else { return (Self::default(), 0) };
        let (header, text) = rfc_5424(rest, context).unwrap_or_else(|| rfc_3164(rest, context));
        let header = Self { priority: Some(priority), ..header };
        (header, message.len() - text.len())
    }

    /// Whether the host is the placeholder that Heroku's drains have.
    pub(crate) fn is_from_logplex(&self) -> bool {
        self.host == Some(LOGPLEX_HOST)
    }
}

/// `1 TIME HOST APP PROCID MSGID [SD] text`; Logplex leaves the structured data out, dash and all.
fn rfc_5424<'a>(rest: &'a str, context: &Context<'_>) -> Option<(Header<'a>, &'a str)> {
    // rsyslog writes the version 0 where a message came to it by RFC 3164.
    let words = rest.strip_prefix("1 ").or_else(|| rest.strip_prefix("0 "))?;
    let (time, rest) = word(words)?;
    let time = match present(time) {
        Some(time) => Some(dated_time(time, context)?),
        None => None,
    };
    let (header, rest) = hostless(rest).or_else(|| origin(rest))?;
    let mut header = Header { time, is_dated: true, ..header };
    let rest = if header.is_from_logplex() { rest } else { take_data(rest, &mut header) };
    Some((header, rest.strip_prefix(BYTE_ORDER_MARK).unwrap_or(rest)))
}

/// `HOST APP PROCID MSGID `.
fn origin(rest: &str) -> Option<(Header<'_>, &str)> {
    let (host, rest) = word(rest)?;
    let (header, rest) = sender(rest)?;
    let (id, rest) = word(rest)?;
    Some((Header { host: present(host), id: present(id), ..header }, rest))
}

/// Heroku's first drains: `APP PROCID d.DRAIN - `, and no host.
fn hostless(rest: &str) -> Option<(Header<'_>, &str)> {
    let (header, rest) = sender(rest)?;
    let (id, rest) = word(rest).filter(|(id, _)| id.starts_with("d."))?;
    let (_, rest) = word(rest)?;
    Some((Header { host: Some(LOGPLEX_HOST), id: Some(id), ..header }, rest))
}

/// `APP PROCID `.
fn sender(text: &str) -> Option<(Header<'_>, &str)> {
    let (app, rest) = word(text)?;
    let (process, rest) = word(rest)?;
    let sender = text.get(..app.len() + 1 + process.len())?;
    Some((
        Header { app: present(app), process: present(process), sender, ..Header::default() },
        rest,
    ))
}

/// Takes the structured data, its dash, and the blank behind; leaves a text that has neither.
fn take_data<'a>(rest: &'a str, header: &mut Header<'a>) -> &'a str {
    let after = match rest.strip_prefix('-') {
        Some(after) if after.is_empty() || after.starts_with(' ') => after,
        _ => {
            let Some((data, after)) = StructuredData::read(rest) else { return rest };
            header.data = data;
            after
        }
    };
    let text = after.strip_prefix(' ').unwrap_or(after);
    // rsyslog's `%msg%` begins with a blank of its own.
    match text.strip_prefix(' ') {
        Some(unspaced) if !unspaced.starts_with(' ') => unspaced,
        _ => text,
    }
}

/// `Nov 22 07:32:49 host program[12]: text`, of which senders leave out the time, the host or all of it.
fn rfc_3164<'a>(rest: &'a str, context: &Context<'_>) -> (Header<'a>, &'a str) {
    let (time, rest) = match time_3164(rest, context) {
        Some((time, rest)) => (Some(time), rest),
        None => (None, rest),
    };
    let (host, rest) = match word(rest) {
        Some((host, after)) if time.is_some() && is_host(host) => (Some(host), after),
        _ => (None, rest),
    };
    let mut header = Header { time, host, ..Header::default() };
    let text = take_tag(rest, &mut header).unwrap_or(rest);
    (header, text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text))
}

/// `Nov 22 07:32:49 `, or a time of RFC 3339.
fn time_3164<'a>(text: &'a str, context: &Context<'_>) -> Option<(EventTime, &'a str)> {
    if let Some((time, rest)) = leading_syslog_time(text, context) {
        // Cisco ends the time with a colon.
        let rest = rest.strip_prefix(':').unwrap_or(rest);
        return Some((time, rest.strip_prefix(' ')?));
    }
    let (time, rest) = word(text)?;
    Some((dated_time(time, context)?, rest))
}

/// A time of RFC 3339, which may lack its zone.
fn dated_time(word: &str, context: &Context<'_>) -> Option<EventTime> {
    let is_dated = word.as_bytes().get(10) == Some(&b'T');
    is_dated.then(|| whole_time(word, context))?
}

/// A host rather than a program, which a process or a colon would follow.
fn is_host(word: &str) -> bool {
    !word.is_empty() && !word.ends_with(':') && !word.contains('[')
}

/// `program[12]: ` or `program: `.
fn take_tag<'a>(text: &'a str, header: &mut Header<'a>) -> Option<&'a str> {
    let end = text.find(|c: char| c.is_whitespace() || c == ':' || c == '[')?;
    let (program, rest) = text.split_at_checked(end)?;
    let (process, rest) = match rest.strip_prefix('[') {
        Some(inner) => inner.split_once(']').map(|(process, rest)| (Some(process), rest))?,
        None => (None, rest),
    };
    let text = rest.strip_prefix(':')?;
    let text = match text.strip_prefix(' ') {
        Some(text) => text,
        None if text.is_empty() || process.is_some() => text,
        None => return None,
    };
    if !is_program(program, header.time.is_some() || process.is_some()) {
        return None;
    }
    header.app = Some(program);
    header.process = process.and_then(present);
    header.sender = program;
    Some(text)
}

/// A program's name rather than the first word of a text, which may be a level or an error. `sure`: there is more
/// of a header than this.
fn is_program(word: &str, sure: bool) -> bool {
    let plausible = !word.is_empty() && word.len() <= MAX_TAG_BYTES;
    let lower = word
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_./".contains(&byte));
    plausible && (sure || lower && Severity::of(word).is_none())
}

/// The next word and what follows the blank behind it; the last word has nothing behind it.
fn word(text: &str) -> Option<(&str, &str)> {
    match text.split_once(' ') {
        Some((word, rest)) => (!word.is_empty()).then_some((word, rest)),
        None => (!text.is_empty()).then_some((text, "")),
    }
}

fn present(word: &str) -> Option<&str> {
    (!matches!(word, "" | "-")).then_some(word)
}

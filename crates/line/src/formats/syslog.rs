//! syslog's files (`/var/log/messages`): `Nov 22 07:32:49 host program[12]: text`, also with a time of RFC 3339.

use super::transport;
use crate::level::is_level;
use crate::scan::Scan;
use crate::time::{self, Moment};
use crate::{Context, Format, Line};

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let header = header(line)?;
    let time = header.time.resolve(context)?;
    let mut line = transport::inner(header.text, context);
    line.format = Format::Syslog;
    let entry = &mut line.entry;
    entry.time = Some(time);
    // What the header says comes first; what the app itself said of the same stays where it can.
    entry.hostname = Some(header.host.into());
    entry.app = Some(header.program.into());
    entry.process = header.process.or(entry.process);
    Some(line)
}

/// The host, program and process that sent the line, and what they sent.
pub(super) fn split(line: &str) -> Option<(&str, &str)> {
    let header = header(line)?;
    let before_text = line.len() - header.text.len();
    let host = line.get(..before_text)?.find(header.host)?;
    Some((line.get(host..before_text)?, header.text))
}

struct Header<'a> {
    time: Moment,
    host: &'a str,
    program: &'a str,
    process: Option<i64>,
    text: &'a str,
}

fn header(line: &str) -> Option<Header<'_>> {
    let mut scan = Scan::new(line);
    let is_iso = scan.peek()?.is_ascii_digit();
    let time = if is_iso { rfc_3339(&mut scan)? } else { time::syslog(&mut scan)? };
    scan.eat(" ")?;
    let host = scan.word().filter(|host| !is_level(host) && !host.ends_with(':'))?;
    scan.eat(" ")?;
    let (program, process) = tag(&mut scan)?;
    // Without a process a time, a word and a text look the same.
    if is_iso && process.is_none() && program != "kernel" {
        return None;
    }
    let _ = scan.eat(" ");
    Some(Header { time, host, program, process, text: scan.rest() })
}

fn rfc_3339(scan: &mut Scan<'_>) -> Option<Moment> {
    let has_t = scan.rest().as_bytes().get(10) == Some(&b'T');
    time::iso(scan).filter(|time| has_t && time.offset.is_some())
}

/// `program[12]:` or `program:`.
fn tag<'a>(scan: &mut Scan<'a>) -> Option<(&'a str, Option<i64>)> {
    let program = scan.take_while(|byte| !byte.is_ascii_whitespace() && !b":[".contains(&byte))?;
    let process = match scan.bracketed() {
        Some(process) => Some(process.parse().ok()?),
        None => None,
    };
    scan.eat(":")?;
    Some((program, process))
}

use crate::{Context, Format, Route, ansi, detect, enrich_in, own};
use std::borrow::Cow;
use woodpile_record::Entry;

/// One line, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Line<'a> {
    /// The format it was found to be in.
    pub format: Format,
    /// The log it belongs to.
    pub route: Route,
    /// What it says.
    pub entry: Entry<'a>,
}

impl<'a> Line<'a> {
    /// A line that goes where lines of its format go.
    pub(crate) fn new(format: Format, entry: Entry<'a>) -> Self {
        Self { format, route: format.route(), entry }
    }

    /// Reads the message, too, unless it is all of the `text` that was just read.
    pub(crate) fn look_into_message(&mut self, text: &str, context: &Context<'_>) {
        if self.entry.http.is_none()
            && self.format != Format::Plain
            && self.entry.message.len() < text.len()
        {
            self.enrich(context);
        }
    }

    /// Reads the message, too.
    pub(crate) fn enrich(&mut self, context: &Context<'_>) {
        if enrich_in(&mut self.entry, context) == Some(Route::Access) {
            self.route = Route::Access;
        }
    }
}

/// Reads one line (without its line end): as `format` where one is given, else in whichever it is in. What is in
/// no format is [`Format::Plain`], and goes to the log of the format that was asked for.
pub fn parse<'a>(line: &'a str, format: Option<Format>, context: &Context<'_>) -> Line<'a> {
    match ansi::stripped(line) {
        Cow::Borrowed(line) => parse_plain(line, format, context),
        Cow::Owned(stripped) => {
            let read = parse_plain(&stripped, format, context);
            let message = ansi::coloured_tail(line, &read.entry.message).unwrap_or(line);
            Line {
                format: read.format,
                route: read.route,
                entry: Entry { message: message.into(), ..own::entry(read.entry) },
            }
        }
    }
}

fn parse_plain<'a>(line: &'a str, format: Option<Format>, context: &Context<'_>) -> Line<'a> {
    let read = match format {
        Some(format) => format.parser()(line, context),
        None => detect::detect(line, context),
    };
    let mut read = read.unwrap_or_else(|| unknown(line, format));
    read.look_into_message(line, context);
    read
}

fn unknown(line: &str, asked: Option<Format>) -> Line<'_> {
    let entry = Entry { message: line.into(), ..Entry::default() };
    let route = asked.unwrap_or(Format::Plain).route();
    Line { route, ..Line::new(Format::Plain, entry) }
}

/// Whether the line certainly starts a record of its own that nothing before it continues into: an access line, a
/// JSON object. Cheap, and may miss some. Files may be cut before such a line and read in parallel.
pub fn stands_alone(line: &[u8]) -> bool {
    match line.first() {
        Some(b'{') => line.starts_with(b"{\"") && line.trim_ascii_end().ends_with(b"}"),
        Some(byte) if byte.is_ascii_hexdigit() || *byte == b':' => is_access(line),
        _ => false,
    }
}

/// `… [22/Nov/2026:07:32:49 …] "…`, behind a client that is shorter than any sensible one.
fn is_access(line: &[u8]) -> bool {
    const MAX_CLIENT: usize = 200;
    let Some(bracket) = memchr::memchr(b'[', &line[..line.len().min(MAX_CLIENT)]) else {
        return false;
    };
    let date = &line[bracket..];
    date.get(3) == Some(&b'/') && date.get(7) == Some(&b'/') && memchr::memchr(b'"', date).is_some()
}

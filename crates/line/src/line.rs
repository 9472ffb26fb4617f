use crate::{Context, Format, Route};
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
}

/// Reads one line (without its line end): as `format` where one is given, else in whichever it is in. What is in
/// no format is [`Format::Plain`], and goes to the log of the format that was asked for.
pub fn parse<'a>(line: &'a str, format: Option<Format>, context: &Context<'_>) -> Line<'a> {
    let parser = format.unwrap_or(Format::Plain).parser();
    parser(line, context).unwrap_or_else(|| {
        let entry = Entry { message: line.into(), ..Entry::default() };
        Line { route: format.unwrap_or(Format::Plain).route(), ..Line::new(Format::Plain, entry) }
    })
}

/// Whether the line certainly starts a record of its own that nothing before it continues into: an access line, a
/// JSON object. Cheap, and may miss some. Files may be cut before such a line and read in parallel.
pub fn stands_alone(line: &[u8]) -> bool {
    line.starts_with(b"{\"") && line.trim_ascii_end().ends_with(b"}")
}

//! Which format is a line in? Its first byte says which are worth a try, and in which order.

use crate::{Context, Format, Line};

/// What a line that begins with `[` can be.
const BRACKET: &[Format] = &[
    Format::Gunicorn,
    Format::Django,
    Format::ApacheError,
    Format::Tracing,
    Format::Timed,
    Format::Python,
    Format::Rails,
];
/// What a line that begins with a digit can be.
const DIGIT: &[Format] = &[
    Format::Combined,
    Format::Heroku,
    Format::NginxError,
    Format::Gunicorn,
    Format::Tracing,
    Format::Postgres,
    Format::Syslog,
    Format::Timed,
    Format::Uvicorn,
    Format::Morgan,
];
/// What any other line can be.
const WORD: &[Format] = &[
    Format::Python,
    Format::Combined,
    Format::Uvicorn,
    Format::Syslog,
    Format::Rails,
    Format::Morgan,
    Format::Logfmt,
    Format::Tracing,
    Format::Timed,
];
/// What a line that begins with a blank can be.
const BLANK: &[Format] = &[Format::Tracing, Format::Rails, Format::Json];

/// What a text that a header was already taken from can still be.
const BODY: &[Format] =
    &[Format::Combined, Format::Django, Format::Uvicorn, Format::Morgan, Format::Logfmt];

/// Reads a line in whichever format it is in.
pub(crate) fn detect<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let formats = match line.as_bytes().first()? {
        b'{' => &[Format::Json],
        b'[' => BRACKET,
        b'0'..=b'9' => DIGIT,
        b' ' | b'\t' => BLANK,
        _ => WORD,
    };
    first_of(formats, line, context)
}

/// Reads a message whose header has been read: as an access line, a JSON object or key=value.
pub(crate) fn detect_body<'a>(text: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let formats = if text.starts_with('{') { &[Format::Json] } else { BODY };
    first_of(formats, text, context)
}

fn first_of<'a>(formats: &[Format], line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    formats.iter().find_map(|format| format.parser()(line, context))
}

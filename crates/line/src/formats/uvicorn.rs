//! uvicorn: `INFO:     127.0.0.1:5000 - "GET / HTTP/1.1" 200 OK`, and what it says of itself in the same shape.

use crate::request::{is_method, request_line, status, without_port};
use crate::scan::Scan;
use crate::{Context, Format, Line, Route};
use woodpile_record::{Entry, Http};

/// uvicorn pads the level and its colon to this width.
const LEVEL_WIDTH: usize = 10;

pub(crate) fn parse<'a>(line: &'a str, _: &Context<'_>) -> Option<Line<'a>> {
    let (level, text) = match padded_level(line) {
        Some((level, text)) => (Some(level), text),
        None => (None, line),
    };
    let level_text = level.map(Into::into);
    if let Some(http) = access(text) {
        let http = Some(Box::new(http));
        let entry = Entry { level: level_text, message: line.into(), http, ..Entry::default() };
        return Some(Line::new(Format::Uvicorn, entry));
    }
    level?;
    let entry = Entry { level: level_text, message: text.into(), ..Entry::default() };
    Some(Line { route: Route::Error, ..Line::new(Format::Uvicorn, entry) })
}

fn padded_level(line: &str) -> Option<(&str, &str)> {
    let (head, text) = line.split_at_checked(LEVEL_WIDTH)?;
    let level = head.trim_end().strip_suffix(':')?;
    let known = matches!(level, "TRACE" | "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL");
    (known && head.ends_with(' ') && !text.starts_with(' ')).then_some((level, text))
}

/// `127.0.0.1:5000 - "GET / HTTP/1.1" 200`, with or without the reason.
fn access(text: &str) -> Option<Http<'_>> {
    let mut scan = Scan::new(text);
    let client = scan.until(b' ')?;
    scan.eat("- ")?;
    let request = scan.quoted()?;
    scan.eat(" ")?;
    let status = status(&mut scan)?;
    is_method(request.split(' ').next()?).then_some(())?;
    let mut http = Http { status: Some(status), ..Http::default() };
    http.remote_addr = crate::request::present(client).map(|client| without_port(client).into());
    request_line(request, &mut http);
    Some(http)
}

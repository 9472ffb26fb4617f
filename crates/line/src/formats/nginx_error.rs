//! nginx's error log: `2026/11/22 07:32:49 [error] 12#12: *3 open() "/x" failed (2: No such file or directory),
//! client: 192.0.2.1, server: shop, request: "GET /x HTTP/1.1", host: "shop"`.

use crate::request::{request_line, unescaped};
use crate::scan::Scan;
use crate::time::iso;
use crate::{Context, Format, Line, level};
use woodpile_record::{Entry, Http};

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let mut scan = Scan::new(line);
    let time = iso(&mut scan)?.resolve(context)?;
    scan.eat(" ")?;
    let level = scan.bracketed().filter(|level| level::is_level(level))?;
    scan.eat(" ")?;
    let process = scan.integer()?;
    scan.eat("#")?;
    let thread = scan.integer()?;
    scan.eat(": ")?;
    let entry = Entry {
        time: Some(time),
        level: Some(level.into()),
        process: Some(process),
        thread: Some(thread),
        message: scan.rest().into(),
        http: request(scan.rest()).map(Box::new),
        ..Entry::default()
    };
    Some(Line::new(Format::NginxError, entry))
}

/// The request that nginx appends, if the error was met in one.
fn request(message: &str) -> Option<Http<'_>> {
    let (_, rest) = message.rsplit_once(", client: ")?;
    let client = rest.split(',').next()?;
    let mut http = Http { remote_addr: Some(client.into()), ..Http::default() };
    if let Some(request) = quoted_after(rest, ", request: ") {
        request_line(request, &mut http);
    }
    http.host = quoted_after(rest, ", host: ").map(unescaped);
    http.referrer = quoted_after(rest, ", referrer: ").map(unescaped);
    Some(http)
}

fn quoted_after<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(label)?;
    Scan::new(rest).quoted()
}

//! Django's `runserver`: `[22/Nov/2026 07:32:49] "GET / HTTP/1.1" 200 13`.

use crate::request::{request_line, status};
use crate::scan::Scan;
use crate::time::common_log;
use crate::{Context, Format, Line};
use woodpile_record::{Entry, Http};

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let mut scan = Scan::new(line);
    scan.eat("[")?;
    let time = common_log(&mut scan)?.resolve(context)?;
    scan.eat("] ")?;
    let request = scan.quoted()?;
    scan.eat(" ")?;
    let mut http = Http { status: Some(status(&mut scan)?), ..Http::default() };
    request_line(request, &mut http);
    http.bytes = scan.eat(" ").and_then(|()| scan.integer());
    let entry = Entry {
        time: Some(time),
        message: line.into(),
        http: Some(Box::new(http)),
        ..Entry::default()
    };
    Some(Line::new(Format::Django, entry))
}

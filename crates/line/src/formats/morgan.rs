//! Express' morgan (<https://github.com/expressjs/morgan>): `dev`, `tiny` and `short`. Its `common` and `combined` are
//! Apache's.

use crate::request::{is_method, present, request_line, set_target, without_port};
use crate::scan::Scan;
use crate::{Context, Format, Line};
use std::borrow::Cow;
use woodpile_record::{Entry, Http};

pub(crate) fn parse<'a>(line: &'a str, _: &Context<'_>) -> Option<Line<'a>> {
    let http = dev_or_tiny(line).or_else(|| short(line))?;
    let http = Some(Box::new(http));
    Some(Line::new(Format::Morgan, Entry { message: line.into(), http, ..Entry::default() }))
}

/// `GET /a 200 12.345 ms - 13` (dev), `GET /a 200 13 - 12.345 ms` (tiny).
fn dev_or_tiny(line: &str) -> Option<Http<'_>> {
    let mut scan = Scan::new(line);
    let method = scan.until(b' ').filter(|method| is_method(method))?;
    let target =
        scan.until(b' ').filter(|target| target.starts_with('/') || target.contains("://"))?;
    let mut http = Http { method: Some(method.into()), ..Http::default() };
    set_target(target, &mut http);
    answer(scan.rest(), &mut http)?;
    Some(http)
}

/// `::1 - GET /a HTTP/1.1 200 13 - 12.345 ms`.
fn short(line: &str) -> Option<Http<'_>> {
    let mut scan = Scan::new(line);
    let client = scan.until(b' ')?;
    let user = scan.until(b' ')?;
    let request_end = scan.rest().find(" HTTP/")? + " HTTP/1.1".len();
    let (request, rest) = scan.rest().split_at_checked(request_end)?;
    let mut http = Http::default();
    request_line(request, &mut http);
    http.method.as_ref()?;
    http.remote_addr = present(client).map(|client| without_port(client).into());
    http.user = present(user).map(Cow::Borrowed);
    answer(rest.strip_prefix(' ')?, &mut http)?;
    Some(http)
}

/// `STATUS MILLIS ms - BYTES` or `STATUS BYTES - MILLIS ms`; what is not known is a dash.
fn answer(text: &str, http: &mut Http<'_>) -> Option<()> {
    let words: Vec<&str> = text.split(' ').collect();
    let ([status, millis, "ms", "-", bytes] | [status, bytes, "-", millis, "ms"]) =
        *words.as_slice()
    else {
        return None;
    };
    let is_known = |word: &str| word.parse::<f64>().is_ok() || word == "-";
    if !(is_known(status) && is_known(millis) && is_known(bytes)) {
        return None;
    }
    http.status = status.parse().ok();
    http.bytes = bytes.parse().ok();
    http.duration_ms = millis.parse().ok();
    Some(())
}

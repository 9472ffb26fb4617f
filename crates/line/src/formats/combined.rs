//! The common and the combined log format of Apache (<https://httpd.apache.org/docs/2.4/logs.html>), as nginx,
//! gunicorn, Caddy, Werkzeug and others write them: also with a virtual host in front, without a zone, and with
//! durations and other fields behind.

use crate::request::{present, request_line, status, unescaped, without_port};
use crate::scan::Scan;
use crate::time::common_log;
use crate::{Context, Format, Line};
use memchr::memchr;
use std::borrow::Cow;
use woodpile_record::{Entry, Http};

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let bracket = memchr(b'[', line.as_bytes())?;
    let client = line.get(..bracket)?.strip_suffix(' ')?;
    let mut scan = Scan::new(line.get(bracket + 1..)?);
    let space_in_date = scan.rest().as_bytes().get(11) == Some(&b' ');
    let time = common_log(&mut scan)?.resolve(context)?;
    scan.eat("] \"")?;

    let mut http = Http::default();
    set_client(client, &mut http)?;
    let format = answer(scan, &mut http)?;
    let format = if space_in_date { Format::Werkzeug } else { format };
    let entry = Entry {
        time: Some(time),
        message: line.into(),
        http: Some(Box::new(http)),
        ..Entry::default()
    };
    Some(Line::new(format, entry))
}

/// `HOST IDENT USER`, with a virtual host before or, from a proxy, several addresses.
fn set_client<'a>(client: &'a str, http: &mut Http<'a>) -> Option<()> {
    let (rest, user) = client.rsplit_once(' ')?;
    let (host, _ident) = rest.rsplit_once(' ')?;
    http.user = present(user).map(Cow::Borrowed);
    let mut remote = host;
    if let Some((first, second)) = host.split_once(' ') {
        if let Some(first) = first.strip_suffix(',') {
            remote = first;
        } else if second.starts_with('-') {
            // A user's name with blanks in it.
            remote = first;
            http.user = client.get(first.len() + 3..).map(Cow::Borrowed);
        } else if second.contains(' ') {
            return None;
        } else {
            http.host = Some(first.into());
            remote = second;
        }
    }
    http.remote_addr = present(remote).map(|address| without_port(address).into());
    Some(())
}

/// Reads from after the request's opening quote: the request, status, bytes, and what more there is.
fn answer<'a>(scan: Scan<'a>, http: &mut Http<'a>) -> Option<Format> {
    let (request, mut scan) = quoted_rest(scan)?;
    request_line(request, http);
    scan.eat(" ")?;
    http.status = match status(&mut scan) {
        Some(status) => Some(status),
        None => scan.eat("-").map(|()| None)?,
    };
    if scan.is_empty() {
        return Some(Format::Common);
    }
    scan.eat(" ")?;
    let bytes = scan.word().unwrap_or("-");
    http.bytes = match bytes {
        "-" => None,
        _ => Some(bytes.parse().ok()?),
    };
    let format = referrer_and_agent(&mut scan, http);
    if !scan.is_empty() {
        http.duration_ms = duration(scan.rest());
    }
    Some(format)
}

/// A quoted text whose opening quote is gone.
fn quoted_rest(scan: Scan<'_>) -> Option<(&str, Scan<'_>)> {
    let rest = scan.rest();
    let end = crate::scan::closing_quote(rest);
    Some((rest.get(..end)?, Scan::new(rest.get(end + 1..)?)))
}

fn referrer_and_agent<'a>(scan: &mut Scan<'a>, http: &mut Http<'a>) -> Format {
    let mut after = *scan;
    let Some(referrer) = after.eat(" ").and_then(|()| after.quoted()) else {
        return Format::Common;
    };
    let Some(agent) = after.eat(" ").and_then(|()| after.quoted()) else {
        return Format::Common;
    };
    http.referrer = present(referrer).map(unescaped);
    http.user_agent = present(agent).map(unescaped);
    *scan = after;
    Format::Combined
}

/// The duration, in milliseconds, among the fields that a server was told to add: a number with a unit (`12ms`,
/// Traefik); seconds if it has a point (nginx' `$request_time`, gunicorn's `%(L)s`); microseconds if it is whole
/// and nothing else there is a number (`%D`).
fn duration(fields: &str) -> Option<f64> {
    let mut whole = None;
    for field in fields.split_ascii_whitespace() {
        let named = field.strip_prefix("rt=").or_else(|| field.strip_prefix("request_time="));
        let field = named.unwrap_or(field);
        if let Some(millis) = with_unit(field) {
            return Some(millis);
        }
        if is_decimal(field) {
            whole = whole.or(Some(field));
        }
    }
    Some(whole?.parse::<f64>().ok()? / 1_000.0)
}

fn with_unit(field: &str) -> Option<f64> {
    let (number, per_unit) = if let Some(number) = field.strip_suffix("ms") {
        (number, 1.0)
    } else if let Some(number) = field.strip_suffix("us").or_else(|| field.strip_suffix("µs")) {
        (number, 0.001)
    } else if let Some(number) = field.strip_suffix('s') {
        (number, 1_000.0)
    } else if field.contains('.') {
        (field, 1_000.0)
    } else {
        return None;
    };
    let number = number.parse::<f64>().ok().filter(|_| is_decimal(number))?;
    // Seconds in binary are no round milliseconds: 0.07 s is 70 ms, not 70.00000000000001.
    Some((number * per_unit * 1_000.0).round() / 1_000.0)
}

fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

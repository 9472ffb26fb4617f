use crate::text::push;
use jiff::Timestamp;
use woodpile_record::{EventTime, Http};

/// As Apache, nginx and gunicorn spell it: `06/Dec/2011:21:19:08 +0000`.
const TIME_FORMAT: &str = "%d/%b/%Y:%H:%M:%S +0000";

/// The line of the combined log format
/// (<https://httpd.apache.org/docs/current/logs.html#combined>), in UTC, with gunicorn's choices.
pub(crate) fn combined_line(http: &Http<'_>, time: EventTime) -> String {
    let mut line = String::with_capacity(192);
    let when = Timestamp::from_millisecond(time.millis()).unwrap_or_default();
    let when = when.to_zoned(jiff::tz::TimeZone::UTC);
    word(&mut line, http.remote_addr.as_deref());
    line.push_str(" - ");
    word(&mut line, http.user.as_deref());
    push(&mut line, format_args!(" [{}] \"", when.strftime(TIME_FORMAT)));
    request_line(&mut line, http);
    push(&mut line, format_args!("\" {} ", http.status.unwrap_or_default()));
    match http.bytes {
        Some(bytes) if bytes > 0 => push(&mut line, format_args!("{bytes}")),
        _ => line.push('-'),
    }
    quoted(&mut line, http.referrer.as_deref());
    quoted(&mut line, http.user_agent.as_deref());
    line
}

fn request_line(line: &mut String, http: &Http<'_>) {
    escape(line, http.method.as_deref().unwrap_or("-"));
    line.push(' ');
    escape(line, http.path.as_deref().unwrap_or("-"));
    if let Some(query) = &http.query {
        line.push('?');
        escape(line, query);
    }
    line.push(' ');
    escape(line, http.protocol.as_deref().unwrap_or("-"));
}

/// A word without quotes around it: spaces would make it two.
fn word(line: &mut String, text: Option<&str>) {
    match text.filter(|text| !text.is_empty()) {
        Some(text) => escape(line, &text.replace(' ', "%20")),
        None => line.push('-'),
    }
}

fn quoted(line: &mut String, text: Option<&str>) {
    line.push_str(" \"");
    escape(line, text.unwrap_or("-"));
    line.push('"');
}

/// A client chooses these texts: none may end the line or its quotes.
fn escape(line: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' | '\\' => line.extend(['\\', c]),
            c if c.is_control() => push(line, format_args!("\\x{:02x}", u32::from(c))),
            c => line.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: EventTime = EventTime::from_millis(1_323_206_348_000);

    #[test]
    fn the_line_is_the_one_that_gunicorn_writes() {
        let http = Http {
            method: Some("GET".into()),
            path: Some("/cart".into()),
            query: Some("id=7".into()),
            status: Some(200),
            bytes: Some(13),
            remote_addr: Some("4.231.57.32".into()),
            user_agent: Some("curl/7.21.4".into()),
            protocol: Some("HTTP/1.1".into()),
            ..Http::default()
        };
        assert_eq!(
            combined_line(&http, TIME),
            r#"4.231.57.32 - - [06/Dec/2011:21:19:08 +0000] "GET /cart?id=7 HTTP/1.1" 200 13 "-" "curl/7.21.4""#
        );
    }

    #[test]
    fn a_client_cannot_forge_a_line() {
        let http = Http {
            method: Some("GET".into()),
            path: Some("/".into()),
            status: Some(404),
            user: Some("a b".into()),
            user_agent: Some("x\"\n1.2.3.4 - -".into()),
            ..Http::default()
        };
        assert_eq!(
            combined_line(&http, TIME),
            r#"- - a%20b [06/Dec/2011:21:19:08 +0000] "GET / -" 404 - "-" "x\"\x0a1.2.3.4 - -""#
        );
    }
}

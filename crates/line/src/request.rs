//! Requests and their answers, as access lines quote them.

use crate::scan::Scan;
use std::borrow::Cow;
use woodpile_record::Http;

/// Fills in the method, path, query and protocol of a request line: `GET /a?b=c HTTP/1.1`. What is none (a TLS
/// handshake on a plain port) fills in nothing.
pub(crate) fn request_line<'a>(text: &'a str, http: &mut Http<'a>) {
    let Some((method, target)) = text.split_once(' ') else { return };
    if !is_method(method) {
        return;
    }
    let (target, protocol) = match target.rsplit_once(' ') {
        Some((target, protocol)) if protocol.starts_with("HTTP/") => (target, Some(protocol)),
        _ => (target, None),
    };
    http.method = Some(method.into());
    http.protocol = protocol.map(Cow::Borrowed);
    set_target(target, http);
}

/// Fills in the path and query of a request's target; of a whole URL also the host.
pub(crate) fn set_target<'a>(target: &'a str, http: &mut Http<'a>) {
    let target = match target.split_once("://") {
        Some(("http" | "https", rest)) => {
            let at = rest.find(['/', '?']).unwrap_or(rest.len());
            let (host, path) = rest.split_at(at);
            http.host = Some(host.into());
            path
        }
        _ => target,
    };
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    http.path = Some(unescaped(path));
    http.query = query.map(unescaped);
}

/// Whether the word can be a method: `GET`, `PROPFIND`, `M-SEARCH`.
pub(crate) fn is_method(word: &str) -> bool {
    (3..=20).contains(&word.len())
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-')
}

/// A status: three digits.
pub(crate) fn status(scan: &mut Scan<'_>) -> Option<i32> {
    let mut after = *scan;
    let status = after.digits(3)?;
    if after.peek().is_some_and(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    *scan = after;
    i32::try_from(status).ok()
}

/// An address without its port: `127.0.0.1:5000`, `[::1]:5000`.
pub(crate) fn without_port(address: &str) -> &str {
    if let Some(inner) = address.strip_prefix('[') {
        return inner.split_once(']').map_or(address, |(host, _)| host);
    }
    match address.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') && is_number(port) => host,
        _ => address,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The text as it was sent: nginx and Apache write quotes and controls in it as `\"` and `\x0A`.
pub(crate) fn unescaped(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let (byte, after) = if byte == b'\\' { escape(after) } else { (byte, after) };
        bytes.push(byte);
        rest = after;
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// The byte that an escape stands for, and what follows it.
fn escape(rest: &[u8]) -> (u8, &[u8]) {
    match rest {
        [b'x' | b'X', high, low, after @ ..] => match (hex(*high), hex(*low)) {
            (Some(high), Some(low)) => (high * 16 + low, after),
            _ => (b'\\', rest),
        },
        [b'n', after @ ..] => (b'\n', after),
        [b'r', after @ ..] => (b'\r', after),
        [b't', after @ ..] => (b'\t', after),
        [quote @ (b'"' | b'\\'), after @ ..] => (*quote, after),
        _ => (b'\\', rest),
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The text, unless it is empty or a dash, which stand for nothing.
pub(crate) fn present(text: &str) -> Option<&str> {
    (!matches!(text, "" | "-")).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        for (text, expected) in [
            ("plain", "plain"),
            (r#"a\"b"#, "a\"b"),
            (r"a\\x41", r"a\x41"),
            (r"\x41\x0a", "A\n"),
            (r"\xZZ\", r"\xZZ\"),
            (r"\xc3\xa9", "é"),
        ] {
            assert_eq!(unescaped(text), expected, "{text}");
        }
    }

    #[test]
    fn an_address_loses_its_port_only() {
        for (address, expected) in [
            ("127.0.0.1:5000", "127.0.0.1"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]:80", "::1"),
            ("::1", "::1"),
            ("2001:db8::17", "2001:db8::17"),
            ("localhost:x", "localhost:x"),
        ] {
            assert_eq!(without_port(address), expected, "{address}");
        }
    }
}

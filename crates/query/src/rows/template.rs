//! What messages have in common that differ only in numbers, times, addresses and names made of them.

use std::net::Ipv6Addr;

/// The message with what changes from one to the next replaced: `<time>`, `<uuid>`, `<ip>`, `<hex>`, `<num>`, `<id>`.
pub fn template(message: &str) -> String {
    let mut template = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(first) = rest.chars().next() {
        let (shown, length) = if is_word(first) { word(rest) } else { (None, between(rest)) };
        let (token, after) = rest.split_at_checked(length.max(1)).unwrap_or((rest, ""));
        match shown {
            Some(Shown::As(name)) => template.push_str(name),
            Some(Shown::Number { before, after }) => {
                template.push_str(token.get(..before).unwrap_or_default());
                template.push_str("<num>");
                template.push_str(token.get(after..).unwrap_or_default());
            }
            None => template.push_str(token),
        }
        rest = after;
    }
    template
}

/// How a token is shown.
enum Shown {
    As(&'static str),
    /// The range of bytes that are a number; the others stay.
    Number {
        before: usize,
        after: usize,
    },
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn between(text: &str) -> usize {
    text.find(is_word).unwrap_or(text.len())
}

/// How the token at the front is shown, and how long it is.
fn word(text: &str) -> (Option<Shown>, usize) {
    let known = [("<uuid>", uuid(text)), ("<time>", time(text)), ("<ip>", address(text))];
    for (name, length) in known {
        if let Some(length) = length.filter(|length| ends_there(text, *length)) {
            return (Some(Shown::As(name)), length);
        }
    }
    let length = text.find(|c| !is_word(c)).unwrap_or(text.len());
    let token = text.get(..length).unwrap_or_default();
    if token.bytes().all(|byte| byte.is_ascii_digit()) {
        // With its fraction.
        let fraction = text.get(length..).and_then(|rest| rest.strip_prefix('.')).map_or(0, digits);
        let length = if fraction > 0 { length + 1 + fraction } else { length };
        return (Some(Shown::Number { before: 0, after: length }), length);
    }
    (masked(token), length)
}

/// A word with digits in it: hexadecimal, a name and a number, a number and a unit, or a name made by a machine.
fn masked(token: &str) -> Option<Shown> {
    let start = token.find(|c: char| c.is_ascii_digit())?;
    let run = digits(token.get(start..)?);
    if is_hex(token) {
        return Some(Shown::As("<hex>"));
    }
    let after = start + run;
    let is_only_number = !token.get(after..)?.contains(|c: char| c.is_ascii_digit());
    let is_at_an_end = start == 0 || after == token.len();
    if is_only_number && is_at_an_end {
        return Some(Shown::Number { before: start, after });
    }
    Some(Shown::As("<id>"))
}

fn is_hex(token: &str) -> bool {
    const MIN_DIGITS: usize = 8;
    match token.strip_prefix("0x") {
        Some(digits) => !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => token.len() >= MIN_DIGITS && token.bytes().all(|byte| byte.is_ascii_hexdigit()),
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Whether no more of a word follows.
fn ends_there(text: &str, length: usize) -> bool {
    text.get(length..).is_some_and(|rest| !rest.starts_with(is_word))
}

/// `8-4-4-4-12` hexadecimal digits.
fn uuid(text: &str) -> Option<usize> {
    const LENGTH: usize = 36;
    let is_uuid = text.as_bytes().get(..LENGTH)?.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    });
    is_uuid.then_some(LENGTH)
}

/// `2026-11-22T07:32:49.123Z`, `22/Nov/2026:07:32:49 +0000`, `07:32:49`.
fn time(text: &str) -> Option<usize> {
    const SHAPES: [&str; 4] =
        ["dddd-dd-ddTdd:dd:dd", "dddd-dd-dd dd:dd:dd", "dd/aaa/dddd:dd:dd:dd", "dd:dd:dd"];
    let length = SHAPES.iter().find(|shape| has_shape(text, shape))?.len();
    let rest = text.get(length..)?;
    let fraction = rest.strip_prefix(['.', ',']).map_or(0, digits);
    let length = if fraction > 0 { length + 1 + fraction } else { length };
    let rest = text.get(length..)?;
    let zone = ["Z", "+dd:dd", "-dd:dd", " +dddd", " -dddd"];
    Some(length + zone.iter().find(|zone| has_shape(rest, zone)).map_or(0, |zone| zone.len()))
}

/// Whether the text begins with this: `d` is a digit, `a` a letter.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() >= shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, wanted)| match wanted {
            b'd' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_alphabetic(),
            wanted => byte == wanted,
        })
}

/// An address with its port, if there is one.
fn address(text: &str) -> Option<usize> {
    // The longest IPv6 address, and its port.
    const MAX_BYTES: usize = 52;
    let is_part = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
    let length = text.bytes().take(MAX_BYTES).take_while(is_part).count();
    let run = text.get(..length)?.trim_end_matches(['.', ':']);
    if run.contains(':') && run.parse::<Ipv6Addr>().is_ok() {
        return Some(run.len());
    }
    let (address, port) = run.split_once(':').map_or((run, None), |(a, port)| (a, Some(port)));
    let is_address = address.split('.').count() == 4
        && address.split('.').all(|part| part.parse::<u8>().is_ok());
    match port {
        Some(port) if is_address && port.parse::<u16>().is_ok() => Some(run.len()),
        _ => is_address.then_some(address.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: &str) {
        assert_eq!(template(message), expected);
        assert_eq!(template(expected), expected, "a template is its own");
    }

    #[test]
    fn what_changes_is_replaced() {
        check("user 42 logged in", "user <num> logged in");
        check("took 12.5ms, 3s", "took <num>ms, <num>s");
        check("took 12.5 ms.", "took <num> ms.");
        check("worker7 and v2", "worker<num> and v<num>");
        check("from 10.0.0.7:5432.", "from <ip>.");
        check("from ::1 and 2001:db8::7", "from ::<num> and <ip>");
        check("at 2026-11-22T07:32:49.123Z: ok", "at <time>: ok");
        check("[22/Nov/2026:07:32:49 +0000] x", "[<time>] x");
        check("id 123e4567-e89b-12d3-a456-426614174000", "id <uuid>");
        check("commit deadbeef01, 0x7f", "commit <hex>, <hex>");
        check("request a8Zk2pQ9x1", "request <id>");
        check("é, no digits → stays_as is", "é, no digits → stays_as is");
        check("", "");
    }
}

//! Lines that are too long for one record, and bytes that are no text.

use woodpile_record::{Entry, Value};

/// The most bytes of one line that are kept as one record; a longer one becomes several in a row.
pub(crate) const MAX_LINE_BYTES: usize = 1024 * 1024;
/// The same for a line that is not UTF-8: its text takes up to three times the room, and its bytes are kept, too.
pub(crate) const MAX_BINARY_PART_BYTES: usize = 256 * 1024;

/// How much of a line goes into its next record. What is no text takes up to three bytes for each of its own,
/// and is kept beside that as it is.
pub(crate) fn part_length(line: &[u8]) -> usize {
    let fits = |most: usize| {
        if line.len() <= most { line.len() } else { floor_char_boundary(&line[..most]) }
    };
    let length = fits(MAX_LINE_BYTES);
    let is_text = || std::str::from_utf8(&line[..length]).is_ok();
    if length <= MAX_BINARY_PART_BYTES || is_text() { length } else { fits(MAX_BINARY_PART_BYTES) }
}

/// Bytes that are no text are kept beside what could be read of them.
pub(crate) fn keep_bytes<'a>(entry: &mut Entry<'a>, bytes: &'a [u8]) {
    if std::str::from_utf8(bytes).is_err() {
        entry.extra.push(("messageBytes".into(), Value::Bytes(bytes.into())));
    }
}

/// Where to cut so that a character in UTF-8 stays whole.
pub(crate) fn floor_char_boundary(bytes: &[u8]) -> usize {
    const LONGEST_CHAR: usize = 4;
    let is_start = |byte: u8| byte & 0b1100_0000 != 0b1000_0000;
    let tail = bytes.len().saturating_sub(LONGEST_CHAR - 1)..bytes.len();
    let last = tail.rev().find(|at| is_start(bytes[*at])).unwrap_or(0);
    match std::str::from_utf8(&bytes[last..]) {
        Err(error) if error.error_len().is_none() && last > 0 => last,
        _ => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_ends_between_characters() {
        for (text, expected) in [("abc", 3), ("ab\u{e4}", 4), ("", 0)] {
            assert_eq!(floor_char_boundary(text.as_bytes()), expected);
        }
        assert_eq!(floor_char_boundary(&"ab\u{e4}".as_bytes()[..3]), 2);
        assert_eq!(floor_char_boundary(&"a\u{1f600}".as_bytes()[..4]), 1);
        assert_eq!(floor_char_boundary(&[b'a', 0xff, 0xff, 0xff, 0xff]), 5);
    }

    #[test]
    fn what_is_no_text_is_cut_into_smaller_parts() {
        let text = vec![b'a'; MAX_LINE_BYTES + 1];
        assert_eq!(part_length(&text), MAX_LINE_BYTES);
        assert_eq!(part_length(&text[..10]), 10);
        let bytes = vec![0xff; MAX_BINARY_PART_BYTES + 1];
        assert_eq!(part_length(&bytes), MAX_BINARY_PART_BYTES);
        assert_eq!(part_length(&bytes[..10]), 10);
    }
}

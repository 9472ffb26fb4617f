//! A body's lines.

use crate::place::number;
use memchr::memchr;
use std::borrow::Cow;

/// What some programs begin a file with (<https://www.unicode.org/faq/utf_bom.html#BOM>).
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The body without a byte order mark.
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

/// The lines that are not blank, without their ends, each with its number from 1.
#[derive(Debug, Clone)]
pub(crate) struct Lines<'a> {
    rest: Option<&'a [u8]>,
    taken: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn of(body: &'a [u8]) -> Self {
        Self { rest: Some(body), taken: 0 }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (u64, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.rest?;
            let end = memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest.get(..end).unwrap_or_default();
            self.rest = rest.get(end.saturating_add(1)..);
            self.taken = self.taken.saturating_add(1);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if !line.trim_ascii().is_empty() {
                return Some((number(self.taken), line));
            }
        }
    }
}

/// The text of bytes. Where some are no UTF-8 they are replaced in it, and come back to be kept beside it.
pub(crate) fn text(bytes: &[u8]) -> (Cow<'_, str>, Option<&[u8]>) {
    // The check alone is several times as fast as the replacing.
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), None),
        Err(_) => (String::from_utf8_lossy(bytes), Some(bytes)),
    }
}

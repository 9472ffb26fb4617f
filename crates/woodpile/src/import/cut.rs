//! Cuts a text into chunks that can be parsed side by side.

use super::limits::{CHUNK_BYTES, MAX_HELD_LINE_BYTES, MAX_LINES_BACK};
use crate::long_line::floor_char_boundary;
use memchr::memrchr;
use std::io::{self, ErrorKind, Read};

/// How a chunk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// What follows begins a record of its own.
    Clean,
    /// At a line's end; the record may go on.
    InRecord,
    /// Within a line that is too long to be held.
    InLine,
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) bytes: Vec<u8>,
    pub(super) end: End,
}

/// Reads a text piece by piece.
#[derive(Debug)]
pub(super) struct Cutter<R> {
    text: R,
    buffer: Vec<u8>,
    has_ended: bool,
    chunk_bytes: usize,
    max_line_bytes: usize,
}

impl<R: Read> Cutter<R> {
    pub(super) fn new(text: R) -> Self {
        Self::with_sizes(text, CHUNK_BYTES, MAX_HELD_LINE_BYTES)
    }

    fn with_sizes(text: R, chunk_bytes: usize, max_line_bytes: usize) -> Self {
        Self { text, buffer: Vec::new(), has_ended: false, chunk_bytes, max_line_bytes }
    }

    /// The next piece; `None` at the end. Where a slow sender makes a pause, what it sent is a piece; without a whole line
    /// that fails with [`ErrorKind::WouldBlock`], and the next call goes on.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        let mut wanted = self.chunk_bytes;
        loop {
            match self.fill(wanted) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return self.whole_lines().map(Some).ok_or(error);
                }
                Err(error) => return Err(error),
            }
            if self.has_ended {
                return Ok(self.rest());
            }
            if let Some((at, end)) = self.cut() {
                return Ok(Some(self.split(at, end)));
            }
            wanted += self.chunk_bytes;
        }
    }

    /// All that is left; after it there is nothing.
    pub(super) fn rest(&mut self) -> Option<Piece> {
        self.has_ended = true;
        let bytes = std::mem::take(&mut self.buffer);
        (!bytes.is_empty()).then_some(Piece { bytes, end: End::Clean })
    }

    /// The lines that are whole, of what was read.
    pub(super) fn whole_lines(&mut self) -> Option<Piece> {
        let newline = memrchr(b'\n', &self.buffer)?;
        Some(self.split(newline + 1, End::InRecord))
    }

    fn split(&mut self, at: usize, end: End) -> Piece {
        let rest = self.buffer.split_off(at);
        Piece { bytes: std::mem::replace(&mut self.buffer, rest), end }
    }

    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.has_ended {
            return Ok(());
        }
        let missing = wanted.saturating_sub(self.buffer.len());
        self.buffer.reserve_exact(missing);
        let read = self.text.by_ref().take(missing as u64).read_to_end(&mut self.buffer)?;
        self.has_ended |= read < missing;
        Ok(())
    }

    fn cut(&self) -> Option<(usize, End)> {
        let lines = memrchr(b'\n', &self.buffer).map(|newline| newline + 1);
        match lines.map(|end| (start_of_a_record(&self.buffer[..end]), end)) {
            Some((Some(start), _)) => Some((start, End::Clean)),
            Some((None, end)) => Some((end, End::InRecord)),
            None if self.buffer.len() >= self.max_line_bytes => {
                Some((floor_char_boundary(&self.buffer), End::InLine))
            }
            None => None,
        }
    }
}

/// The start of the last whole line that stands alone, unless it is the first or too far back.
fn start_of_a_record(lines: &[u8]) -> Option<usize> {
    let mut end = lines.len();
    for _ in 0..MAX_LINES_BACK {
        let start = memrchr(b'\n', lines.get(..end.checked_sub(1)?)?)? + 1;
        if woodpile_line::stands_alone(&lines[start..end]) {
            return Some(start);
        }
        end = start;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str, chunk: usize, line: usize) -> Vec<(String, End)> {
        let mut cutter = Cutter::with_sizes(text.as_bytes(), chunk, line);
        let mut pieces = Vec::new();
        while let Some(piece) = cutter.next().unwrap() {
            pieces.push((String::from_utf8(piece.bytes).unwrap(), piece.end));
        }
        pieces
    }

    #[track_caller]
    fn check(text: &str, chunk: usize, line: usize, expected: &[(&str, End)]) {
        let found = pieces(text, chunk, line);
        let found: Vec<_> = found.iter().map(|(text, end)| (text.as_str(), *end)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_small_text_is_one_piece() {
        check("", 64, 64, &[]);
        check("one\ntwo", 64, 64, &[("one\ntwo", End::Clean)]);
    }

    #[test]
    fn a_text_is_cut_where_a_record_stands_alone() {
        let text = "{\"a\":1}\n{\"a\":2}\nplain\n{\"a\":3}\n";
        let rest = "{\"a\":2}\nplain\n{\"a\":3}\n";
        check(text, 26, 64, &[("{\"a\":1}\n", End::Clean), (rest, End::Clean)]);
    }

    #[test]
    fn a_text_of_other_lines_is_cut_between_lines() {
        check(
            "one\ntwo\nthree\n",
            10,
            64,
            &[("one\ntwo\n", End::InRecord), ("three\n", End::Clean)],
        );
    }

    #[test]
    fn a_line_may_be_longer_than_a_chunk_but_not_without_end() {
        check("0123456789\nab\n", 4, 64, &[("0123456789\n", End::InRecord), ("ab\n", End::Clean)]);
        check("01234567äb\n", 3, 9, &[("01234567", End::InLine), ("äb\n", End::Clean)]);
    }

    #[test]
    fn what_was_read_before_an_error_is_there() {
        struct Torn;
        impl Read for Torn {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("torn"))
            }
        }
        let mut cutter = Cutter::with_sizes("one\ntw".as_bytes().chain(Torn), 64, 64);
        assert_eq!(cutter.next().unwrap_err().to_string(), "torn");
        assert_eq!(cutter.rest().unwrap().bytes, b"one\ntw");
        assert_eq!(cutter.next().unwrap(), None);
    }
}

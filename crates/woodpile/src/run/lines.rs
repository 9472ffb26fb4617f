//! A stream of bytes that comes in pieces, cut into lines of bounded length.

use crate::long_line::{MAX_BINARY_PART_BYTES, MAX_LINE_BYTES, floor_char_boundary, part_length};
use memchr::memchr;

/// A line without its end, or a part of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// Without `\n` or `\r\n`.
    pub(crate) bytes: &'a [u8],
    /// Which part this is of a line that is too long for one record, counted from 1.
    pub(crate) part: Option<i64>,
}

/// Cuts a stream into lines, and long lines into parts. Holds at most [`MAX_LINE_BYTES`] of one line.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    held: Vec<u8>,
    /// How many parts of the held line are out already.
    parts: i64,
}

/// What the buffer keeps after a long line, so that one does not cost its memory for ever.
const HELD_CAPACITY: usize = 64 * 1024;

impl Lines {
    /// Takes the next bytes of the stream, and gives `each` the lines that end in them.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], mut each: impl FnMut(Line<'_>)) {
        while let Some(end) = memchr(b'\n', bytes) {
            self.end_line(&bytes[..end], &mut each);
            bytes = &bytes[end + 1..];
        }
        self.hold(bytes, &mut each);
    }

    /// Gives `each` the line that the stream never ended.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(Line<'_>)) {
        if !self.held.is_empty() {
            self.end_line(&[], &mut each);
        }
    }

    fn end_line(&mut self, bytes: &[u8], each: &mut impl FnMut(Line<'_>)) {
        if self.held.is_empty() && bytes.len() <= MAX_BINARY_PART_BYTES {
            return each(Line { bytes: without_carriage_return(bytes), part: None });
        }
        self.hold(bytes, each);
        let held = std::mem::take(&mut self.held);
        let line = without_carriage_return(&held);
        if self.parts == 0 && part_length(line) == line.len() {
            each(Line { bytes: line, part: None });
        } else {
            self.emit_parts(line, each);
        }
        self.parts = 0;
        self.held = held;
        self.held.clear();
        self.held.shrink_to(HELD_CAPACITY);
    }

    fn hold(&mut self, mut bytes: &[u8], each: &mut impl FnMut(Line<'_>)) {
        while self.held.len() + bytes.len() > MAX_LINE_BYTES {
            let (fitting, rest) = bytes.split_at(MAX_LINE_BYTES - self.held.len());
            self.held.extend_from_slice(fitting);
            bytes = rest;
            let tail = self.held.split_off(floor_char_boundary(&self.held));
            let held = std::mem::replace(&mut self.held, tail);
            self.emit_parts(&held, each);
        }
        self.held.extend_from_slice(bytes);
    }

    fn emit_parts(&mut self, mut bytes: &[u8], each: &mut impl FnMut(Line<'_>)) {
        while !bytes.is_empty() {
            let (part, rest) = bytes.split_at(part_length(bytes));
            self.parts += 1;
            each(Line { bytes: part, part: Some(self.parts) });
            bytes = rest;
        }
    }
}

fn without_carriage_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Seen = Vec<(Vec<u8>, Option<i64>)>;

    fn lines_of<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Seen {
        let mut seen = Seen::new();
        let mut lines = Lines::default();
        for chunk in chunks {
            lines.feed(chunk, |line| seen.push((line.bytes.to_vec(), line.part)));
        }
        lines.finish(|line| seen.push((line.bytes.to_vec(), line.part)));
        seen
    }

    #[test]
    fn lines_are_the_same_however_the_stream_is_chunked() {
        let stream = b"one\ntwo\r\n\n\xff\x00 three\nlast";
        let expected: [&[u8]; 5] = [b"one", b"two", b"", b"\xff\x00 three", b"last"];
        let expected = expected.map(|line| (line.to_vec(), None)).to_vec();
        for size in 1..=stream.len() {
            assert_eq!(lines_of(stream.chunks(size)), expected, "in chunks of {size}");
        }
    }

    #[test]
    fn a_line_at_the_limit_stays_whole() {
        let line = vec![b'x'; MAX_LINE_BYTES];
        assert_eq!(lines_of([&line[..], b"\n"]), [(line, None)]);
    }

    #[track_caller]
    fn check_parts(line: &[u8], chunk: usize, longest: usize) {
        let stream = [line, b"\nnext\n"].concat();
        let seen = lines_of(stream.chunks(chunk));
        let (next, parts) = seen.split_last().unwrap();
        assert_eq!(*next, (b"next".to_vec(), None));
        assert!(parts.len() > 1);
        assert!(parts.iter().all(|(bytes, _)| bytes.len() <= longest));
        assert!(parts.iter().map(|(_, part)| part.unwrap()).eq((1..).take(parts.len())));
        assert!(parts.iter().flat_map(|(bytes, _)| bytes).eq(line));
        if str::from_utf8(line).is_ok() {
            assert!(parts.iter().all(|(bytes, _)| str::from_utf8(bytes).is_ok()), "torn");
        }
    }

    #[test]
    fn a_line_of_ten_megabytes_comes_in_parts_that_add_up_to_it() {
        let line = "añ€😀".repeat(1_000_000);
        for chunk in [4_096, 65_536, line.len()] {
            check_parts(line.as_bytes(), chunk, MAX_LINE_BYTES);
        }
    }

    #[test]
    fn a_long_line_that_is_no_text_comes_in_smaller_parts() {
        for length in [MAX_BINARY_PART_BYTES + 1, MAX_LINE_BYTES + 7] {
            check_parts(&vec![0x80; length], 65_536, MAX_BINARY_PART_BYTES);
        }
    }

    #[test]
    fn a_stream_of_nothing_has_no_lines() {
        assert!(lines_of([&b""[..]]).is_empty());
        assert_eq!(lines_of([&b"\n"[..]]), [(Vec::new(), None)]);
    }
}

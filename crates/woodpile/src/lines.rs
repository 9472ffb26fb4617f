//! A stream of bytes, cut into lines of bounded length.

use memchr::memchr;

/// The longest line that stays one record, in bytes; a longer one is kept in parts of at most this size.
pub(crate) const MAX_LINE_BYTES: usize = 1024 * 1024;

/// A line without its end, or a part of a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// Without `\n` or `\r\n`.
    pub(crate) bytes: &'a [u8],
    /// Which part this is, of a line beyond [`MAX_LINE_BYTES`].
    pub(crate) part: Option<Part>,
}

/// A part of a long line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// Counted from 1.
    pub(crate) number: i32,
    /// Whether the line ends here.
    pub(crate) last: bool,
}

/// Cuts a stream into lines. Holds at most one line, and of that at most [`MAX_LINE_BYTES`].
#[derive(Debug, Default)]
pub(crate) struct Lines {
    held: Vec<u8>,
    /// How many parts of the held line are out already.
    parts: i32,
}

impl Lines {
    /// Takes the next bytes of the stream, and gives `each` the lines that end in them.
    pub(crate) fn feed(&mut self, mut bytes: &[u8], mut each: impl FnMut(Line<'_>)) {
        while let Some(end) = memchr(b'\n', bytes) {
            self.end_line(&bytes[..end], true, &mut each);
            bytes = &bytes[end + 1..];
        }
        self.hold(bytes, &mut each);
    }

    /// Gives `each` the line that the stream never ended.
    pub(crate) fn finish(&mut self, mut each: impl FnMut(Line<'_>)) {
        if self.is_holding() {
            self.end_line(&[], false, &mut each);
        }
    }

    /// Whether a line has begun that has not ended.
    pub(crate) fn is_holding(&self) -> bool {
        !self.held.is_empty() || self.parts > 0
    }

    fn end_line(&mut self, bytes: &[u8], ended: bool, each: &mut impl FnMut(Line<'_>)) {
        if !self.is_holding() && bytes.len() <= MAX_LINE_BYTES {
            each(Line { bytes: without_carriage_return(bytes), part: None });
            return;
        }
        self.hold(bytes, each);
        let part = (self.parts > 0).then(|| Part { number: self.parts + 1, last: true });
        let line = if ended { without_carriage_return(&self.held) } else { &self.held };
        each(Line { bytes: line, part });
        self.held.clear();
        self.held.shrink_to(HELD_CAPACITY);
        self.parts = 0;
    }

    fn hold(&mut self, mut bytes: &[u8], each: &mut impl FnMut(Line<'_>)) {
        while self.held.len() + bytes.len() > MAX_LINE_BYTES {
            let (fitting, rest) = bytes.split_at(MAX_LINE_BYTES - self.held.len());
            self.held.extend_from_slice(fitting);
            bytes = rest;
            let cut = character_boundary(&self.held, bytes);
            self.parts = self.parts.saturating_add(1);
            let part = Some(Part { number: self.parts, last: false });
            each(Line { bytes: &self.held[..cut], part });
            self.held.drain(..cut);
        }
        self.held.extend_from_slice(bytes);
    }
}

/// What the buffer keeps after a long line, so that one does not cost its memory for ever.
const HELD_CAPACITY: usize = 64 * 1024;

fn without_carriage_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Where to cut `bytes`, which `next` follows, so that no UTF-8 character is torn.
fn character_boundary(bytes: &[u8], next: &[u8]) -> usize {
    const LONGEST_CHARACTER: usize = 4;
    let continues = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
    if !next.first().is_some_and(continues) {
        return bytes.len();
    }
    let tail = bytes.iter().rev().take(LONGEST_CHARACTER - 1);
    let torn = tail.take_while(|byte| continues(byte)).count() + 1;
    if torn < LONGEST_CHARACTER && torn < bytes.len() { bytes.len() - torn } else { bytes.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Seen = Vec<(Vec<u8>, Option<Part>)>;

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

    #[test]
    fn a_line_of_ten_megabytes_comes_in_parts_that_add_up_to_it() {
        let line: Vec<u8> = "añ€😀".bytes().cycle().take(10 * 1000 * 1000).collect();
        let mut stream = line.clone();
        stream.extend_from_slice(b"\nnext\n");
        for size in [4096, 65536, stream.len()] {
            let seen = lines_of(stream.chunks(size));
            let (next, parts) = seen.split_last().unwrap();
            assert_eq!(*next, (b"next".to_vec(), None));
            assert_eq!(parts.iter().flat_map(|(bytes, _)| bytes.clone()).collect::<Vec<_>>(), line);
            for (index, (bytes, part)) in parts.iter().enumerate() {
                assert!(bytes.len() <= MAX_LINE_BYTES);
                assert!(str::from_utf8(bytes).is_ok(), "part {index} tears a character");
                let last = index + 1 == parts.len();
                assert_eq!(part.unwrap(), Part { number: index as i32 + 1, last });
            }
        }
    }

    #[test]
    fn bytes_that_only_continue_characters_are_cut_all_the_same() {
        let line = vec![0x80; MAX_LINE_BYTES + 7];
        let seen = lines_of([&line[..]]);
        assert_eq!(seen.iter().map(|(bytes, _)| bytes.len()).sum::<usize>(), line.len());
        assert_eq!(seen.len(), 2);
    }

    #[test]
    fn a_stream_of_nothing_has_no_lines() {
        assert!(lines_of([&b""[..]]).is_empty());
        assert_eq!(lines_of([&b"\n"[..]]), [(Vec::new(), None)]);
    }
}

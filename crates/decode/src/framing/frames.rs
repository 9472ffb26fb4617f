use crate::limits::MAX_MESSAGE_BYTES;
use memchr::memchr;

/// Digits of the largest count that is taken for one.
const MAX_COUNT_DIGITS: usize = 9;
/// What may stand between messages and belongs to none: line ends, and the NUL that some senders end messages with.
const FILLING: &[u8] = b"\n\r\0";

/// One message of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The message, without what frames it.
    pub bytes: &'a [u8],
    /// Where in the stream the message begins.
    pub start: u64,
    /// Where the stream goes on behind it and the line end that it may have.
    pub end: u64,
}

/// Cuts a stream into messages, in whatever pieces its bytes arrive.
///
/// A message longer than [`MAX_MESSAGE_BYTES`] comes as several; empty ones are overlooked.
#[derive(Debug)]
pub struct Frames {
    counts: bool,
    longest: usize,
    /// What has arrived and is not yet a whole message.
    pending: Vec<u8>,
    /// How much of that is known to hold no line end.
    searched: usize,
    /// Where in the stream `pending` begins.
    position: u64,
    state: State,
}

/// What comes next in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A message.
    Boundary,
    /// The rest of one that was counted.
    Counted(usize),
    /// The rest of a line.
    Line,
}

/// What the front of the stream is.
enum Step {
    /// So many bytes that belong to no message.
    Skip(usize),
    /// So many bytes are a message or a part of one; so many more end it.
    Take(usize, usize),
    /// Unknown before more arrives.
    Wait,
}

impl Frames {
    /// Messages of syslog: each a line, or with its length in bytes before it (RFC 6587, 3.4; Logplex). Which of
    /// both is told message by message.
    pub fn of_syslog() -> Self {
        Self::new(true)
    }

    /// Lines.
    pub fn of_lines() -> Self {
        Self::new(false)
    }

    fn new(counts: bool) -> Self {
        Self {
            counts,
            longest: MAX_MESSAGE_BYTES,
            pending: Vec::new(),
            searched: 0,
            position: 0,
            state: State::Boundary,
        }
    }

    /// The same for a stream of which `position` bytes were read before, up to the end of a message.
    #[must_use]
    pub fn starting_at(self, position: u64) -> Self {
        Self { position, ..self }
    }

    /// Takes what arrived, and hands out the messages that are complete.
    pub fn push(&mut self, bytes: &[u8], each: &mut dyn FnMut(Frame<'_>)) {
        if self.pending.is_empty() {
            let used = self.cut(bytes, each);
            self.pending.extend_from_slice(&bytes[used..]);
        } else {
            let mut pending = std::mem::take(&mut self.pending);
            pending.extend_from_slice(bytes);
            let used = self.cut(&pending, each);
            pending.drain(..used);
            self.pending = pending;
        }
    }

    /// Hands out what has arrived of the last message: the stream has ended.
    pub fn finish(&mut self, each: &mut dyn FnMut(Frame<'_>)) {
        let pending = std::mem::take(&mut self.pending);
        self.emit(&pending, 0, each);
        self.state = State::Boundary;
        self.searched = 0;
    }

    /// How many bytes wait for the rest of their message.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// Hands out all messages at the front of `bytes`; returns how many bytes that took.
    fn cut(&mut self, bytes: &[u8], each: &mut dyn FnMut(Frame<'_>)) -> usize {
        let mut used = 0;
        loop {
            let rest = &bytes[used..];
            match self.step(rest) {
                Step::Wait => return used,
                Step::Skip(skipped) => {
                    used += skipped;
                    self.position += as_u64(skipped);
                }
                Step::Take(length, ending) => {
                    self.emit(&rest[..length], ending, each);
                    self.searched = 0;
                    used += length + ending;
                }
            }
        }
    }

    fn emit(&mut self, message: &[u8], ending: usize, each: &mut dyn FnMut(Frame<'_>)) {
        let start = self.position;
        self.position += as_u64(message.len() + ending);
        let length =
            message.iter().rposition(|byte| !FILLING.contains(byte)).map_or(0, |at| at + 1);
        if length > 0 {
            each(Frame { bytes: &message[..length], start, end: self.position });
        }
    }

    fn step(&mut self, rest: &[u8]) -> Step {
        match self.state {
            State::Boundary => self.begin(rest),
            State::Counted(left) => self.counted(left, rest),
            State::Line => self.line(rest),
        }
    }

    fn begin(&mut self, rest: &[u8]) -> Step {
        let filling = rest.iter().take_while(|byte| FILLING.contains(byte)).count();
        if filling > 0 {
            return Step::Skip(filling);
        }
        let count = if self.counts { count(rest) } else { Count::None };
        match count {
            Count::Is { bytes, digits } => {
                self.state = State::Counted(bytes);
                Step::Skip(digits + 1)
            }
            Count::Unknown => Step::Wait,
            Count::None if rest.is_empty() => Step::Wait,
            Count::None => {
                self.state = State::Line;
                self.line(rest)
            }
        }
    }

    fn counted(&mut self, left: usize, rest: &[u8]) -> Step {
        if left <= self.longest {
            if rest.len() < left {
                return Step::Wait;
            }
            self.state = State::Boundary;
            return Step::Take(left, 0);
        }
        if rest.len() < self.longest {
            return Step::Wait;
        }
        let length = char_boundary(rest, self.longest);
        self.state = State::Counted(left - length);
        Step::Take(length, 0)
    }

    fn line(&mut self, rest: &[u8]) -> Step {
        let within = rest.len().min(self.longest + 1);
        let found = rest.get(self.searched..within).and_then(|unseen| memchr(b'\n', unseen));
        if let Some(at) = found {
            self.state = State::Boundary;
            return Step::Take(self.searched + at, 1);
        }
        if rest.len() > self.longest {
            return Step::Take(char_boundary(rest, self.longest), 0);
        }
        self.searched = rest.len();
        Step::Wait
    }
}

/// Whether a message begins with its length.
enum Count {
    Is { bytes: usize, digits: usize },
    None,
    Unknown,
}

/// `83 <`: a line that begins with a number and goes on otherwise is a line.
fn count(rest: &[u8]) -> Count {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 || digits > MAX_COUNT_DIGITS || rest[0] == b'0' {
        return Count::None;
    }
    match rest[digits..] {
        [] | [b' '] => Count::Unknown,
        [b' ', b'<', ..] => {
            let bytes =
                rest[..digits].iter().fold(0, |n, digit| n * 10 + usize::from(digit - b'0'));
            Count::Is { bytes, digits }
        }
        _ => Count::None,
    }
}

/// The last place up to `at` where a character begins, in what is UTF-8.
fn char_boundary(bytes: &[u8], at: usize) -> usize {
    let continues = |at: &usize| bytes.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
    (at.saturating_sub(3)..=at).rev().find(|at| !continues(at)).unwrap_or(at)
}

fn as_u64(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(mut frames: Frames, pieces: &[&[u8]]) -> Vec<(String, u64, u64)> {
        let mut found = Vec::new();
        let mut each = |frame: Frame<'_>| {
            found.push((String::from_utf8_lossy(frame.bytes).into_owned(), frame.start, frame.end));
        };
        for piece in pieces {
            frames.push(piece, &mut each);
        }
        frames.finish(&mut each);
        assert_eq!(frames.pending(), 0);
        found
    }

    #[track_caller]
    fn check(stream: &str, expected: &[&str]) {
        let found = cut(Frames::of_syslog(), &[stream.as_bytes()]);
        let texts: Vec<_> = found.iter().map(|(text, ..)| text.as_str()).collect();
        assert_eq!(texts, expected, "{stream:?}");
    }

    #[test]
    fn both_framings_are_told_message_by_message() {
        check("5 <1>ab5 <2>cd", &["<1>ab", "<2>cd"]);
        check("<1>ab\n<2>cd\n", &["<1>ab", "<2>cd"]);
        check("6 <1>ab\n<2>line\r\n5 <3>ef\n", &["<1>ab", "<2>line", "<3>ef"]);
        check("5 <1>ab\n5 <2>cd\n", &["<1>ab", "<2>cd"]);
        check("7 <1>é\nb", &["<1>é\nb"]);
        check("<1>a\0<2>b\0\n", &["<1>a\0<2>b"]);
    }

    #[test]
    fn what_only_looks_like_a_count_is_a_line() {
        check("12 monkeys\n", &["12 monkeys"]);
        check("0 <1>ab\n", &["0 <1>ab"]);
        check("1234567890 <1>a\n", &["1234567890 <1>a"]);
        check("2026-11-22 text\n\n\n", &["2026-11-22 text"]);
        check("12", &["12"]);
    }

    #[test]
    fn a_message_that_is_cut_short_is_kept() {
        check("50 <1>ab", &["<1>ab"]);
        check("<1>ab", &["<1>ab"]);
    }

    #[test]
    fn long_messages_come_in_parts_between_characters() {
        let short = |counts| Frames { longest: 8, ..Frames::new(counts) };
        let texts = |found: Vec<(String, u64, u64)>| -> Vec<String> {
            found.into_iter().map(|(text, ..)| text).collect()
        };
        let line = "1234567é9\n12345678\nx\n".as_bytes();
        assert_eq!(texts(cut(short(false), &[line])), ["1234567", "é9", "12345678", "x"]);
        let counted = "11 <3>4567é0a3 <1>".as_bytes();
        assert_eq!(texts(cut(short(true), &[counted])), ["<3>4567", "é0a", "<1>"]);
    }

    #[test]
    fn places_lead_back_to_each_message() {
        let stream = b"one\n\ntwo\r\nthree";
        let found = cut(Frames::of_lines().starting_at(100), &[stream]);
        let places: Vec<_> = found.iter().map(|(_, start, end)| (*start, *end)).collect();
        assert_eq!(places, [(100, 104), (105, 110), (110, 115)]);
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            stream in prop::collection::vec(
                prop_oneof![
                    Just("7 <1>text".to_owned()), Just("\n".to_owned()), Just("<13>é".to_owned()),
                    "[0-9 <>a\n]{0,12}",
                ], 0..12).prop_map(|pieces| pieces.concat()),
            cuts in prop::collection::vec(0_usize..80, 0..8),
            counts in any::<bool>(),
            longest in 4_usize..12,
        ) {
            let frames = || Frames { longest, ..Frames::new(counts) };
            let bytes = stream.as_bytes();
            let mut places: Vec<_> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
            places.extend([0, bytes.len()]);
            places.sort_unstable();
            let pieces: Vec<_> = places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
            prop_assert_eq!(cut(frames(), &[bytes]), cut(frames(), &pieces));
        }

        #[test]
        fn what_is_framed_comes_back(messages in prop::collection::vec("<[0-9]{1,3}>\\PC{0,20}", 0..9)) {
            let with_length = |message: &String| format!("{} {message}", message.len());
            let counted = messages.iter().map(with_length).collect::<Vec<_>>().concat();
            let found = cut(Frames::of_syslog(), &[counted.as_bytes()]);
            prop_assert_eq!(found.into_iter().map(|(text, ..)| text).collect::<Vec<_>>(), messages);
        }
    }
}

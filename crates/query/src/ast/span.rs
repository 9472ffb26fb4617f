/// Where something stands in a query's text, in bytes: `start` to before `end`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// From here to the end of another.
    pub(crate) fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }

    /// Where it starts for people: characters of `text` from 1.
    pub fn column(self, text: &str) -> usize {
        text.char_indices().take_while(|(at, _)| *at < self.start).count() + 1
    }
}

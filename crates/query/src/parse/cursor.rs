use crate::ast::Span;
use crate::syntax::ends_word;

/// A place in the text of a query.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn peek_second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Goes over `expected` if it is next.
    pub(super) fn eat(&mut self, expected: &str) -> bool {
        let is_next = self.rest().starts_with(expected);
        if is_next {
            self.at += expected.len();
        }
        is_next
    }

    /// Goes on by so many bytes, which end a character.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    pub(super) fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    pub(super) fn take_while(&mut self, mut belongs: impl FnMut(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or("")
    }

    pub(super) fn skip_to_end(&mut self) {
        self.at = self.text.len();
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    /// Whether no word can go on here.
    pub(super) fn is_at_word_end(&self) -> bool {
        self.peek().is_none_or(ends_word)
    }

    /// From `start` to here.
    pub(super) fn since(&self, start: usize) -> Span {
        Span { start, end: self.at }
    }

    /// What stands here, for an error: a word, a character, or nothing at the end.
    pub(super) fn found(&self) -> (String, Span) {
        let rest = self.rest();
        let word = rest.find(|c| ends_word(c) || c == ',').unwrap_or(rest.len());
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = word.max(first).min(rest.len());
        let found = shortened(rest.get(..end).unwrap_or(""));
        (found, Span { start: self.at, end: self.at + end })
    }
}

/// The most characters of a query that an error repeats.
const MAX_FOUND: usize = 40;

/// What an error repeats of a query.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_FOUND) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text.to_owned(),
    }
}

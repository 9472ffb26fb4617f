//! What pipes are told: names, lists, numbers, keywords.

use super::Parser;
use super::word::Written;
use crate::ast::{Field, Interval};
use crate::error::ErrorKind;
use crate::limits::{MAX_LIST, MAX_ROWS};
use crate::syntax::{ends_word, is_name_char};

impl Parser<'_> {
    /// A name, plain or in quotes.
    pub(super) fn name(&mut self, expected: impl Into<String>) -> Option<Field> {
        self.cursor.skip_blanks();
        if self.is_at_quote() {
            let Written { what, span } = self.quoted()?;
            if what.is_empty() {
                self.error(ErrorKind::Empty("quotes"), span);
                return None;
            }
            return Some(Field { name: what, span });
        }
        let start = self.cursor.at();
        let name = self.cursor.take_while(is_name_char).to_owned();
        if name.is_empty() {
            return self.none(expected);
        }
        Some(Field { name, span: self.cursor.since(start) })
    }

    /// `a, b, c`: at least one.
    pub(super) fn list<T>(
        &mut self,
        what: &'static str,
        mut item: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let mut items = Vec::new();
        loop {
            self.cursor.skip_blanks();
            items.push(item(self)?);
            self.cursor.skip_blanks();
            if !self.cursor.eat(",") {
                return Some(items);
            }
            if items.len() == MAX_LIST {
                let (_, span) = self.cursor.found();
                self.error(ErrorKind::TooMany { what, most: MAX_LIST }, span);
                return None;
            }
        }
    }

    /// `by a, b`, or nothing.
    pub(super) fn by<T>(
        &mut self,
        what: &'static str,
        item: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        if self.eat_keyword("by") { self.list(what, item) } else { Some(Vec::new()) }
    }

    pub(super) fn interval(&mut self) -> Option<Interval> {
        self.cursor.skip_blanks();
        let mut ahead = self.cursor.clone();
        let interval = Interval::parse(ahead.take_while(|c| !ends_argument(c)));
        if interval.is_none() {
            return self.none("a length of time such as 30s, 5m, 1h, 1d, 1w or 1mo");
        }
        self.cursor = ahead;
        interval
    }

    /// A number of rows.
    pub(super) fn rows(&mut self) -> Option<u64> {
        self.cursor.skip_blanks();
        let mut ahead = self.cursor.clone();
        let number = ahead.take_while(|c| !ends_argument(c)).parse().ok();
        let number = number.filter(|number| (1..=MAX_ROWS).contains(number));
        if number.is_none() {
            return self.none(format!("a number from 1 to {MAX_ROWS}"));
        }
        self.cursor = ahead;
        number
    }

    /// Goes over a keyword, in any case of its letters, if it is next.
    pub(super) fn eat_keyword(&mut self, keyword: &str) -> bool {
        self.cursor.skip_blanks();
        let mut ahead = self.cursor.clone();
        let is_next = ahead.take_while(|c| !ends_argument(c)).eq_ignore_ascii_case(keyword);
        if is_next {
            self.cursor = ahead;
        }
        is_next
    }

    pub(super) fn is_at_by(&self) -> bool {
        let mut ahead = self.cursor.clone();
        ahead.skip_blanks();
        ahead.take_while(|c| !ends_argument(c)).eq_ignore_ascii_case("by")
            && ahead.peek() != Some('(')
    }

    pub(super) fn is_at_pipe_end(&mut self) -> bool {
        self.cursor.skip_blanks();
        matches!(self.cursor.peek(), None | Some('|'))
    }

    /// Notes what was expected here, and that it is not there.
    pub(super) fn none<T>(&mut self, expected: impl Into<String>) -> Option<T> {
        self.expected(expected);
        None
    }
}

fn ends_argument(c: char) -> bool {
    ends_word(c) || c == ','
}

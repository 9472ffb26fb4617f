//! From text to tree, by recursive descent. Whatever is wrong is noted, and reading goes on behind it, so that a user is
//! told of everything at once.

mod aggregation;
mod arguments;
mod columns;
mod cursor;
mod field;
mod filter;
mod pipes;
mod range;
mod scope;
mod term;
mod word;

use crate::ast::{Filter, Query, Span};
use crate::error::{Error, ErrorKind, Errors};
use crate::limits::{MAX_ERRORS, MAX_QUERY_BYTES, MAX_REGEXES, MAX_TERMS};
use cursor::Cursor;

pub use aggregation::FUNCTIONS;
pub(crate) use aggregation::is_call;
pub use pipes::PIPES;

/// Reads a query. A text of blanks asks for every record.
pub fn parse(text: &str) -> Result<Query, Errors> {
    let mut parser = Parser::new(text);
    let query = parser.query();
    if parser.errors.is_empty() { Ok(query) } else { Err(Errors::new(parser.errors)) }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    errors: Vec<Error>,
    depth: usize,
    terms: usize,
    regexes: usize,
    gave_up: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            cursor: Cursor::new(text),
            errors: Vec::new(),
            depth: 0,
            terms: 0,
            regexes: 0,
            gave_up: false,
        }
    }

    fn query(&mut self) -> Query {
        let bytes = self.cursor.text().len();
        if bytes > MAX_QUERY_BYTES {
            self.give_up(ErrorKind::TooLong { bytes }, Span { start: MAX_QUERY_BYTES, end: bytes });
        }
        let filter = self.whole_filter();
        let pipes = self.pipes();
        Query { filter, pipes }
    }

    fn error(&mut self, kind: ErrorKind, span: Span) {
        if self.errors.len() < MAX_ERRORS {
            let column = span.column(self.cursor.text());
            self.errors.push(Error { kind, span, column });
        }
        // Nobody reads on, and a text of nothing but errors would take long.
        if self.errors.len() == MAX_ERRORS {
            self.gave_up = true;
            self.cursor.skip_to_end();
        }
    }

    /// An error behind which nothing is read.
    fn give_up(&mut self, kind: ErrorKind, span: Span) {
        self.error(kind, span);
        self.gave_up = true;
        self.cursor.skip_to_end();
    }

    /// Notes that something else was expected here.
    fn expected(&mut self, expected: impl Into<String>) {
        let (found, span) = self.cursor.found();
        self.error(ErrorKind::Expected { expected: expected.into(), found }, span);
    }

    fn count_term(&mut self, span: Span) {
        self.terms += 1;
        if self.terms == MAX_TERMS + 1 {
            self.give_up(ErrorKind::TooMany { what: "terms", most: MAX_TERMS }, span);
        }
    }

    fn count_regex(&mut self, span: Span) {
        self.regexes += 1;
        if self.regexes == MAX_REGEXES + 1 {
            let what = "regular expressions";
            self.give_up(ErrorKind::TooMany { what, most: MAX_REGEXES }, span);
        }
    }

    /// The filter up to the first pipe or the end.
    fn whole_filter(&mut self) -> Filter {
        let mut parts = Vec::new();
        loop {
            parts.extend(self.disjunction(None));
            if self.cursor.peek() != Some(')') {
                return Filter::and(parts);
            }
            let start = self.cursor.at();
            self.cursor.bump();
            self.error(ErrorKind::Stray, self.cursor.since(start));
        }
    }
}

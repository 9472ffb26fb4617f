//! What stands behind the filter: `| stats count() by path | sort -count() | limit 10`.

use super::Parser;
use super::word::Written;
use crate::ast::{Column, Field, Group, Interval, Pipe, SortKey, Span, Stats, Timechart, Top};
use crate::error::ErrorKind;
use crate::limits::{MAX_LIST, MAX_PIPES, MAX_ROWS};
use crate::names::is_time;
use crate::nearest::nearest;
use crate::syntax::{ends_word, is_name_char};

/// The pipes as errors name them.
pub(crate) const PIPES: &[&str] =
    &["stats", "timechart", "top", "sort", "limit", "fields", "uniq", "patterns", "dedup"];

/// What a pipe gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rows {
    /// Records: any field may be asked for.
    Records,
    /// Rows of these columns.
    Columns(Vec<String>),
}

impl Parser<'_> {
    /// The pipes up to the end.
    pub(super) fn pipes(&mut self) -> Vec<Pipe> {
        let mut pipes = Vec::new();
        let mut rows = Rows::Records;
        while self.cursor.eat("|") {
            if let Some(pipe) = self.pipe(&rows) {
                rows = after(&pipe, rows);
                pipes.push(pipe);
            } else {
                self.skip_pipe();
                // What columns there would be is not known: whatever is asked for is fine.
                rows = Rows::Records;
            }
            if pipes.len() > MAX_PIPES {
                self.give_up(
                    ErrorKind::TooMany { what: "pipes", most: MAX_PIPES },
                    self.cursor.found().1,
                );
            }
        }
        pipes
    }

    /// One pipe, and its end; `None` where something is wrong, which is noted.
    fn pipe(&mut self, rows: &Rows) -> Option<Pipe> {
        let before = self.errors.len();
        self.cursor.skip_blanks();
        let name = self.name(format!("a pipe: {}", PIPES.join(", ")))?;
        let pipe = match name.name.to_ascii_lowercase().as_str() {
            "stats" => self.stats(rows),
            "timechart" => self.timechart(rows, name.span),
            "top" => self.top(rows),
            "sort" => self.sort(rows),
            "limit" | "head" => self.rows().map(Pipe::Limit),
            "fields" => self.columns(rows).map(Pipe::Fields),
            "uniq" => self.columns(rows).map(Pipe::Uniq),
            "patterns" => self.of_records("patterns", rows, name.span, Pipe::Patterns),
            "dedup" => self.columns(rows).map(Pipe::Dedup),
            _ => self.unknown_pipe(&name),
        }?;
        if !self.is_at_pipe_end() {
            self.expected(separators(&pipe));
        }
        self.check_columns(&pipe, name.span);
        (self.errors.len() == before).then_some(pipe)
    }

    fn unknown_pipe(&mut self, name: &Field) -> Option<Pipe> {
        let nearest = nearest(&name.name, PIPES.iter().copied());
        let called = super::cursor::shortened(&name.name);
        self.error(ErrorKind::UnknownPipe { name: called, nearest }, name.span);
        None
    }

    fn stats(&mut self, rows: &Rows) -> Option<Pipe> {
        let aggregations = self.aggregations(rows)?;
        let by = self.by("groups", |parser| parser.group_by(rows))?;
        Some(Pipe::Stats(Stats { aggregations, by }))
    }

    /// Whether a name of the time is next; in quotes it is the name of some field.
    fn is_at_time(&self) -> bool {
        is_time(self.cursor.clone().take_while(is_name_char))
    }

    /// `by a, b`, or nothing.
    fn by<T>(
        &mut self,
        what: &'static str,
        item: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        if self.eat_keyword("by") { self.list(what, item) } else { Some(Vec::new()) }
    }

    /// `path`, `time(1h)`.
    fn group_by(&mut self, rows: &Rows) -> Option<Group> {
        if *rows != Rows::Records || !self.is_at_time() {
            return self.column(rows).map(Group::Field);
        }
        self.cursor.take_while(is_name_char);
        if !self.cursor.eat("(") {
            return self.none("(1h), or another length of time, after time");
        }
        let interval = self.interval()?;
        self.cursor.skip_blanks();
        if !self.cursor.eat(")") {
            return self.none(")");
        }
        Some(Group::Time(interval))
    }

    fn timechart(&mut self, rows: &Rows, span: Span) -> Option<Pipe> {
        let interval = self.interval()?;
        let aggregations = self.aggregations(rows)?;
        let by = self.by("groups", |parser| parser.column(rows))?;
        let chart = Timechart { interval, aggregations, by };
        self.of_records("timechart", rows, span, Pipe::Timechart(chart))
    }

    /// The pipe, if it gets records.
    fn of_records(
        &mut self,
        name: &'static str,
        rows: &Rows,
        span: Span,
        pipe: Pipe,
    ) -> Option<Pipe> {
        if *rows != Rows::Records {
            self.error(ErrorKind::NeedsRecords(name), span);
            return None;
        }
        Some(pipe)
    }

    fn interval(&mut self) -> Option<Interval> {
        self.cursor.skip_blanks();
        let mut ahead = self.cursor.clone();
        let interval = Interval::parse(ahead.take_while(|c| !ends_argument(c)));
        if interval.is_none() {
            return self.none("a length of time such as 30s, 5m, 1h, 1d, 1w or 1mo");
        }
        self.cursor = ahead;
        interval
    }

    fn top(&mut self, rows: &Rows) -> Option<Pipe> {
        self.cursor.skip_blanks();
        let starts_with_number = self.cursor.peek().is_some_and(|c| c.is_ascii_digit());
        let limit = if starts_with_number { self.rows()? } else { Top::USUAL };
        Some(Pipe::Top(Top { limit, columns: self.columns(rows)? }))
    }

    /// A number of rows.
    fn rows(&mut self) -> Option<u64> {
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

    fn sort(&mut self, rows: &Rows) -> Option<Pipe> {
        let keys = self.list("columns", |parser| {
            let sign = parser.cursor.peek().filter(|c| matches!(c, '-' | '+'));
            if sign.is_some() {
                parser.cursor.bump();
            }
            let column = parser.column(rows)?;
            let descends = parser.eat_keyword("desc");
            let ascends = !descends && parser.eat_keyword("asc");
            Some(SortKey { column, descending: descends || (sign == Some('-') && !ascends) })
        });
        keys.map(Pipe::Sort)
    }

    fn columns(&mut self, rows: &Rows) -> Option<Vec<Column>> {
        self.list("columns", |parser| parser.column(rows))
    }

    /// `path`, `"my field"`, `p95(http.durationMs)`.
    fn column(&mut self, rows: &Rows) -> Option<Column> {
        let start = self.cursor.at();
        let name = if self.is_at_call() {
            let call = self.call(&Rows::Records)?;
            Field { name: call.call(), span: self.cursor.since(start) }
        } else {
            self.name("the name of a column")?
        };
        Some(self.column_named(name, rows))
    }

    /// Whether a name is next, and a parenthesis right behind it.
    fn is_at_call(&self) -> bool {
        let mut ahead = self.cursor.clone();
        !ahead.take_while(is_name_char).is_empty() && ahead.peek() == Some('(')
    }

    /// The column that is meant: of records any, of other rows one that they have. `count` is `count()` where only that
    /// is there.
    pub(super) fn column_named(&mut self, column: Column, rows: &Rows) -> Column {
        let Rows::Columns(columns) = rows else { return column };
        if columns.contains(&column.name) {
            return column;
        }
        let mut called = columns.iter().filter(|name| function_of(name) == Some(&column.name));
        if let (Some(name), None) = (called.next(), called.next()) {
            return Field { name: name.clone(), span: column.span };
        }
        let nearest = nearest_column(&column.name, columns);
        let name = super::cursor::shortened(&column.name);
        let kind = ErrorKind::UnknownColumn { name, nearest, columns: columns.clone() };
        self.error(kind, column.span);
        column
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

    fn skip_pipe(&mut self) {
        self.cursor.take_while(|c| c != '|');
    }

    fn check_columns(&mut self, pipe: &Pipe, span: Span) {
        let Some(mut names) = pipe.columns(None) else { return };
        names.sort_unstable();
        let twice = names.windows(2).find(|pair| matches!(pair, [a, b] if a == b));
        if let Some([name, _]) = twice {
            self.error(ErrorKind::SameColumn(super::cursor::shortened(name)), span);
        }
    }
}

/// `count`, of `count()`.
fn function_of(column: &str) -> Option<&str> {
    column.split_once('(').map(|(function, _)| function)
}

/// The column with a name, or a function, much like this.
fn nearest_column(name: &str, columns: &[String]) -> Option<String> {
    let functions = columns.iter().filter_map(|column| function_of(column));
    let nearest = nearest(name, columns.iter().map(String::as_str).chain(functions))?;
    let is_meant = |column: &&String| *column == nearest || function_of(column) == Some(nearest);
    columns.iter().find(is_meant).cloned()
}

fn ends_argument(c: char) -> bool {
    ends_word(c) || c == ','
}

fn after(pipe: &Pipe, rows: Rows) -> Rows {
    let input = match rows {
        Rows::Records => None,
        Rows::Columns(columns) => Some(columns),
    };
    pipe.columns(input).map_or(Rows::Records, Rows::Columns)
}

/// What may come next behind the arguments of a pipe.
fn separators(pipe: &Pipe) -> &'static str {
    match pipe {
        Pipe::Stats(stats) if stats.by.is_empty() => "a comma, as, by, or | and another pipe",
        Pipe::Timechart(chart) if chart.by.is_empty() => "a comma, as, by, or | and another pipe",
        Pipe::Limit(_) | Pipe::Patterns => "| and another pipe",
        Pipe::Sort(_) => "a comma, asc, desc, or | and another pipe",
        _ => "a comma, or | and another pipe",
    }
}

//! What stands behind the filter: `| stats count() by path | sort -count() | limit 10`.

use super::Parser;
use super::columns::Rows;
use crate::ast::{Field, Group, Pipe, SortKey, Span, Stats, Timechart, Top};
use crate::error::ErrorKind;
use crate::limits::MAX_PIPES;
use crate::names::is_time;
use crate::nearest::nearest;
use crate::syntax::is_name_char;

/// The pipes as errors name them.
pub const PIPES: &[&str] =
    &["stats", "timechart", "top", "sort", "limit", "fields", "uniq", "patterns", "dedup"];

impl Parser<'_> {
    /// The pipes up to the end.
    pub(super) fn pipes(&mut self) -> Vec<Pipe> {
        let mut pipes = Vec::new();
        let mut rows = Rows::Records;
        while self.cursor.eat("|") {
            if let Some(pipe) = self.pipe(&rows) {
                rows = rows.after(&pipe);
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

    fn top(&mut self, rows: &Rows) -> Option<Pipe> {
        self.cursor.skip_blanks();
        let starts_with_number = self.cursor.peek().is_some_and(|c| c.is_ascii_digit());
        let limit = if starts_with_number { self.rows()? } else { Top::USUAL };
        Some(Pipe::Top(Top { limit, columns: self.columns(rows)? }))
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

    fn skip_pipe(&mut self) {
        self.cursor.take_while(|c| c != '|');
    }
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

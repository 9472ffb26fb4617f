//! Columns: what each pipe has them called.

use super::Parser;
use super::cursor::shortened;
use crate::ast::{Column, Field, Pipe, Span};
use crate::error::ErrorKind;
use crate::nearest::nearest;
use crate::syntax::is_name_char;

/// What a pipe gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rows {
    /// Records: any field may be asked for.
    Records,
    /// Rows of these columns.
    Columns(Vec<String>),
}

impl Rows {
    /// What comes out of a pipe that gets these.
    pub(super) fn after(self, pipe: &Pipe) -> Self {
        let input = match self {
            Self::Records => None,
            Self::Columns(columns) => Some(columns),
        };
        pipe.columns(input).map_or(Self::Records, Self::Columns)
    }
}

impl Parser<'_> {
    pub(super) fn columns(&mut self, rows: &Rows) -> Option<Vec<Column>> {
        self.list("columns", |parser| parser.column(rows))
    }

    /// `path`, `"my field"`, `p95(http.durationMs)`.
    pub(super) fn column(&mut self, rows: &Rows) -> Option<Column> {
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
        let name = shortened(&column.name);
        let kind = ErrorKind::UnknownColumn { name, nearest, columns: columns.clone() };
        self.error(kind, column.span);
        column
    }

    /// Notes an error where two columns have one name.
    pub(super) fn check_columns(&mut self, pipe: &Pipe, span: Span) {
        let Some(mut names) = pipe.columns(None) else { return };
        names.sort_unstable();
        let twice = names.windows(2).find(|pair| matches!(pair, [a, b] if a == b));
        if let Some([name, _]) = twice {
            self.error(ErrorKind::SameColumn(shortened(name)), span);
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

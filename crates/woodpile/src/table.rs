//! A table of text: the first column and times to the left, as all text; numbers to the right.

use std::fmt::{self, Write};

/// What stands between two columns.
const GAP: &str = "  ";

/// Rows of `N` cells.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// A table with a head.
    pub(crate) fn new(head: [&str; N]) -> Self {
        Self { rows: vec![head.map(str::to_owned)] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells);
    }

    fn width(&self, column: usize) -> usize {
        self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
    }

    /// Whether all cells under the head begin as numbers do and hold no blank.
    fn is_number(&self, column: usize) -> bool {
        self.rows.iter().skip(1).all(|row| {
            let cell = &row[column];
            cell.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '-'))
        })
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let width = self.width(column);
                if self.is_number(column) {
                    write!(line, "{cell:>width$}{GAP}")?;
                } else {
                    write!(line, "{cell:<width$}{GAP}")?;
                }
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right() {
        let mut table = Table::new(["name", "records", "first"]);
        table.row(["access-log".to_owned(), "1,200".to_owned(), "2026-11-22 07:30".to_owned()]);
        table.row(["a".to_owned(), "7".to_owned(), "-".to_owned()]);
        assert_eq!(
            table.to_string(),
            "name        records  first\n\
             access-log    1,200  2026-11-22 07:30\n\
             a                 7  -\n"
        );
    }
}

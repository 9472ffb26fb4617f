//! A table of text: columns of numbers to the right, all others to the left.

/// What stands between two columns.
const GAP: &str = "  ";

/// Rows that are printed below each other. What was taken out already keeps its widths for what follows.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// The head too, until it is taken out.
    rows: Vec<Vec<String>>,
    columns: Vec<Column>,
    has_head: bool,
}

#[derive(Debug, Clone, Copy, Default)]
struct Column {
    width: usize,
    /// Something in it is no number.
    is_text: bool,
}

impl Table {
    /// A table with a head.
    pub(crate) fn new<H: Into<String>>(head: impl IntoIterator<Item = H>) -> Self {
        let head: Vec<String> = head.into_iter().map(Into::into).collect();
        let column = |cell: &String| Column { width: width(cell), is_text: false };
        let columns = head.iter().map(column).collect();
        Self { rows: vec![head], columns, has_head: true }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        for (column, cell) in self.columns.iter_mut().zip(&cells) {
            column.width = column.width.max(width(cell));
            column.is_text |= !is_number(cell);
        }
        self.rows.push(cells);
    }

    /// How many rows are in it, without the head.
    pub(crate) fn len(&self) -> usize {
        self.rows.len() - usize::from(self.has_head)
    }

    /// Takes the rows out, as lines.
    pub(crate) fn take(&mut self, out: &mut String) {
        for row in std::mem::take(&mut self.rows) {
            let mut line = String::new();
            for (column, cell) in self.columns.iter().zip(&row) {
                let blanks = " ".repeat(column.width.saturating_sub(width(cell)));
                let (before, after) = if column.is_text { ("", &*blanks) } else { (&*blanks, "") };
                line.extend([before, cell, after, GAP]);
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        self.has_head = false;
    }
}

fn width(cell: &str) -> usize {
    cell.chars().count()
}

/// Also where there is none.
fn is_number(cell: &str) -> bool {
    cell == "-" || cell.replace(',', "").parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: [&str; 3]) -> Vec<String> {
        cells.map(str::to_owned).to_vec()
    }

    #[test]
    fn numbers_stand_to_the_right() {
        let mut table = Table::new(["name", "records", "first"]);
        table.row(row(["access-log", "1,200", "2026-11-22 07:30"]));
        table.row(row(["a", "-", "10.0.0.1"]));
        let mut out = String::new();
        table.take(&mut out);
        assert_eq!(
            out,
            "name        records  first\n\
             access-log    1,200  2026-11-22 07:30\n\
             a                 -  10.0.0.1\n"
        );
        table.row(row(["b", "7", "-"]));
        out.clear();
        table.take(&mut out);
        assert_eq!(out, "b                 7  -\n");
    }
}

//! Rows of columns, as pipes make them.

use super::Printer;
use crate::cli::OutputFormat;
use crate::table::Table;
use woodpile_present::{csv, json, logfmt};
use woodpile_record::RawBsonRef;

/// So many rows of a table are gathered before its columns get their widths.
const ROWS_AT_ONCE: usize = 1_000;
/// The decimals of a number for people.
const DECIMALS: i32 = 3;

/// Prints rows one after another.
#[derive(Debug)]
pub(crate) struct RowPrinter<'p> {
    printer: &'p Printer,
    columns: Vec<String>,
    table: Table,
    has_begun: bool,
}

impl<'p> RowPrinter<'p> {
    /// Of rows that have these columns.
    pub(crate) fn new(printer: &'p Printer, columns: Vec<String>) -> Self {
        let head = columns.iter().map(|name| printer.form.shown(name).into_owned());
        let table = Table::new(head.collect::<Vec<_>>());
        Self { printer, columns, table, has_begun: false }
    }

    /// Appends a row, or keeps it until its columns' widths are known.
    pub(crate) fn push<'v>(
        &mut self,
        values: impl Iterator<Item = RawBsonRef<'v>>,
        out: &mut String,
    ) {
        let form = &self.printer.form;
        let begins = !std::mem::replace(&mut self.has_begun, true);
        match self.printer.format {
            OutputFormat::Text => {
                self.table.row(values.map(|value| for_people(self.printer, value)).collect());
                if self.table.len() >= ROWS_AT_ONCE {
                    self.table.take(out);
                }
            }
            OutputFormat::Json => json::row(form, &self.columns, values, out),
            OutputFormat::Logfmt => logfmt::row(form, &self.columns, values, out),
            OutputFormat::Csv => {
                if begins {
                    csv::line(form, self.columns.iter().cloned(), out);
                }
                csv::line(form, values.map(|value| form.cell(value).into_owned()), out);
            }
            OutputFormat::Raw => {
                let cells = values.map(|value| form.shown(&form.cell(value)).into_owned());
                let cells: Vec<_> = cells.collect();
                out.push_str(&cells.join("\t"));
                out.push('\n');
            }
        }
    }

    /// Appends what was kept.
    pub(crate) fn flush(&mut self, out: &mut String) {
        if self.table.len() > 0 {
            self.table.take(out);
        }
    }
}

fn for_people(printer: &Printer, value: RawBsonRef<'_>) -> String {
    match value {
        RawBsonRef::Null | RawBsonRef::Undefined => "-".to_owned(),
        RawBsonRef::DateTime(date) => {
            let shown = printer.local(date.timestamp_millis());
            // The buckets of a chart are whole seconds.
            shown.replacen(".000", "", 1)
        }
        RawBsonRef::Double(number) => rounded(number),
        value => printer.form.shown(&printer.form.cell(value)).replace(['\n', '\r'], " "),
    }
}

/// As exact as people want it; tiny numbers as they are.
fn rounded(number: f64) -> String {
    let scale = 10_f64.powi(DECIMALS);
    let rounded = (number * scale).round() / scale;
    let shown = if rounded == 0.0 || !rounded.is_finite() { number } else { rounded };
    shown.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_for_people() {
        for (number, expected) in
            [(12.0, "12"), (0.123_456, "0.123"), (1e-5, "0.00001"), (-2.5, "-2.5"), (0.0, "0")]
        {
            assert_eq!(rounded(number), expected);
        }
    }
}

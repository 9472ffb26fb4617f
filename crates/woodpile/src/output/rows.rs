//! Rows of columns, as pipes make them.

use super::{Printer, csv, fields, logfmt};
use crate::cli::OutputFormat;
use crate::table::Table;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
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
        let head = columns.iter().map(|name| printer.shown(name));
        let table = Table::new(head.collect::<Vec<_>>());
        Self { printer, columns, table, has_begun: false }
    }

    /// Appends a row, or keeps it until its columns' widths are known.
    pub(crate) fn push<'v>(
        &mut self,
        values: impl Iterator<Item = RawBsonRef<'v>>,
        out: &mut String,
    ) {
        let begins = !std::mem::replace(&mut self.has_begun, true);
        match self.printer.format {
            OutputFormat::Text => {
                self.table.row(values.map(|value| for_people(self.printer, value)).collect());
                if self.table.len() >= ROWS_AT_ONCE {
                    self.table.take(out);
                }
            }
            OutputFormat::Json => self.json(values, out),
            OutputFormat::Logfmt => self.logfmt(values, out),
            OutputFormat::Csv => {
                if begins {
                    csv::line(self.printer.terminal, self.columns.iter().cloned(), out);
                }
                let cells = values.map(|value| plain(self.printer, value));
                csv::line(self.printer.terminal, cells, out);
            }
            OutputFormat::Raw => {
                let cells: Vec<_> =
                    values.map(|value| self.printer.shown(&plain(self.printer, value))).collect();
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

    fn json<'v>(&self, values: impl Iterator<Item = RawBsonRef<'v>>, out: &mut String) {
        let row: Map<_, _> = self.columns.iter().cloned().zip(values.map(json)).collect();
        let text = Value::from(row).to_string();
        if self.printer.terminal {
            out.push_str(&crate::escape::visible_json(&text));
        } else {
            out.push_str(&text);
        }
        out.push('\n');
    }

    fn logfmt<'v>(&self, values: impl Iterator<Item = RawBsonRef<'v>>, out: &mut String) {
        let there = self.columns.iter().zip(values).filter(|(_, value)| !is_none(*value));
        for (index, (name, value)) in there.enumerate() {
            if index > 0 {
                out.push(' ');
            }
            logfmt::pair(name, &plain(self.printer, value), out);
        }
        out.push('\n');
    }
}

fn is_none(value: RawBsonRef<'_>) -> bool {
    matches!(value, RawBsonRef::Null | RawBsonRef::Undefined)
}

fn plain(printer: &Printer, value: RawBsonRef<'_>) -> String {
    if is_none(value) {
        return String::new();
    }
    fields::plain(value, &|millis| printer.rfc3339(millis)).into_owned()
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
        value => printer.shown(&plain(printer, value)).replace(['\n', '\r'], " "),
    }
}

/// As exact as people want it; tiny numbers as they are.
fn rounded(number: f64) -> String {
    let scale = 10_f64.powi(DECIMALS);
    let rounded = (number * scale).round() / scale;
    let shown = if rounded == 0.0 || !rounded.is_finite() { number } else { rounded };
    shown.to_string()
}

/// As simple as JSON has it: what reads this wants numbers and texts, not BSON's types.
fn json(value: RawBsonRef<'_>) -> Value {
    match value {
        RawBsonRef::Null | RawBsonRef::Undefined => Value::Null,
        RawBsonRef::Boolean(truth) => truth.into(),
        RawBsonRef::Int32(number) => number.into(),
        RawBsonRef::Int64(number) => number.into(),
        RawBsonRef::Double(number) => number.into(),
        RawBsonRef::Document(document) => {
            let pairs = document.into_iter().filter_map(Result::ok);
            pairs.map(|(key, value)| (key.as_str().to_owned(), json(value))).collect()
        }
        RawBsonRef::Array(values) => values.into_iter().filter_map(Result::ok).map(json).collect(),
        value => fields::plain(value, &utc).into(),
    }
}

fn utc(millis: i64) -> String {
    super::rfc3339(millis, &TimeZone::UTC)
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

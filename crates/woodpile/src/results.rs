//! What a query's pipes made, printed.

use crate::output::{Printer, RowPrinter};
use crate::screen::Screen;
use woodpile_query::{Pipe, Rows};

/// Prints the rows, in reverse if so asked, and returns how many there are.
pub(crate) fn print(
    printer: &Printer,
    rows: &Rows,
    reverse: bool,
    screen: &mut Screen,
) -> anyhow::Result<usize> {
    match rows {
        Rows::Records(records) => {
            screen.write(printer.header().unwrap_or_default())?;
            for record in ordered(records, reverse) {
                screen.print(printer, &record.collection, &record.document)?;
            }
            Ok(records.len())
        }
        Rows::Table(table) => {
            let mut rows = RowPrinter::new(printer, table.columns.clone());
            for row in ordered(&table.rows, reverse) {
                let values = row.iter().map(|value| value.as_raw_bson_ref());
                screen.append(|out| rows.push(values, out))?;
            }
            screen.append(|out| rows.flush(out))?;
            Ok(table.rows.len())
        }
    }
}

fn ordered<T>(items: &[T], reverse: bool) -> Box<dyn Iterator<Item = &T> + '_> {
    if reverse { Box::new(items.iter().rev()) } else { Box::new(items.iter()) }
}

/// Whether the pipes leave rows in the order in which records were found.
pub(crate) fn keeps_order(pipes: &[Pipe]) -> bool {
    let keeps = |pipe: &Pipe| matches!(pipe, Pipe::Limit(_) | Pipe::Dedup(_) | Pipe::Fields(_));
    pipes.iter().all(keeps)
}

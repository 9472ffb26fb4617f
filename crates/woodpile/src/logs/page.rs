//! What was found, as it is printed.

use super::plan::Plan;
use crate::output::{Printer, RowPrinter};
use crate::screen::Screen;
use woodpile_query::{Origin, Pipeline};
use woodpile_record::RawDocument;

/// Prints records, or the fields of them that were asked for, one after another.
pub(super) struct Page<'p> {
    printer: &'p Printer,
    screen: Screen,
    fields: Option<(Pipeline, RowPrinter<'p>)>,
    last_group: Option<u64>,
}

impl<'p> Page<'p> {
    pub(super) fn new(
        plan: &Plan,
        printer: &'p Printer,
        mut screen: Screen,
    ) -> anyhow::Result<Self> {
        let pipeline = plan.pipeline();
        let columns = pipeline.columns();
        if columns.is_none() {
            screen.write(printer.header().unwrap_or_default())?;
        }
        let fields = columns.map(|columns| (pipeline, RowPrinter::new(printer, columns)));
        Ok(Self { printer, screen, fields, last_group: None })
    }

    /// Prints a record, apart from those of other groups.
    pub(super) fn print(
        &mut self,
        collection: &str,
        document: &RawDocument,
        group: u64,
    ) -> anyhow::Result<()> {
        if self.last_group.replace(group).is_some_and(|last| last != group) {
            self.separate()?;
        }
        let Some((pipeline, rows)) = &mut self.fields else {
            return self.screen.print(self.printer, collection, document);
        };
        let row = pipeline.row(document, Origin { collection });
        let values = row.iter().map(|value| value.as_raw_bson_ref());
        self.screen.append(|out| rows.push(values, out))
    }

    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        if let Some((_, rows)) = &mut self.fields {
            self.screen.append(|out| rows.flush(out))?;
        }
        self.screen.flush()
    }

    fn separate(&mut self) -> anyhow::Result<()> {
        if let Some((_, rows)) = &mut self.fields {
            self.screen.append(|out| rows.flush(out))?;
        }
        self.screen.write(self.printer.separator())
    }
}

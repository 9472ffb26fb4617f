//! Standard output, buffered; read with a pager where it is long.

use crate::output::Printer;
use crate::pager::{Pager, RunningPager};
use std::io::{self, StdoutLock, Write};
use woodpile_record::RawDocument;

/// How much is gathered before it is written.
const BUFFER_BYTES: usize = 64 * 1024;

/// Gathers text for standard output.
#[derive(Debug)]
pub(crate) struct Screen {
    out: Out,
    gathered: String,
    /// The pager that is started once there is more than the terminal shows; nothing is written before.
    pager: Option<Pager>,
    lines: usize,
}

#[derive(Debug)]
enum Out {
    Direct(StdoutLock<'static>),
    Paged(RunningPager),
}

impl Screen {
    /// Standard output, held until this is dropped.
    pub(crate) fn new() -> Self {
        Self::paged(None)
    }

    /// The same, with a pager for what is long.
    pub(crate) fn paged(pager: Option<Pager>) -> Self {
        let gathered = String::with_capacity(BUFFER_BYTES);
        Self { out: Out::Direct(io::stdout().lock()), gathered, pager, lines: 0 }
    }

    /// Adds text.
    pub(crate) fn write(&mut self, text: &str) -> anyhow::Result<()> {
        self.append(|gathered| gathered.push_str(text))
    }

    /// Adds a record.
    pub(crate) fn print(
        &mut self,
        printer: &Printer,
        collection: &str,
        document: &RawDocument,
    ) -> anyhow::Result<()> {
        self.append(|gathered| printer.print(collection, document, gathered))
    }

    /// Adds what `write` appends.
    pub(crate) fn append(&mut self, write: impl FnOnce(&mut String)) -> anyhow::Result<()> {
        let start = self.gathered.len();
        write(&mut self.gathered);
        if let Some(pager) = &self.pager {
            self.lines += pager.lines(self.gathered.get(start..).unwrap_or_default());
            if !pager.is_due(self.lines) {
                return Ok(());
            }
            self.out = Out::Paged(pager.start()?);
            self.pager = None;
            return self.flush();
        }
        if self.gathered.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes all that was gathered.
    pub(crate) fn flush(&mut self) -> anyhow::Result<()> {
        let out: &mut dyn Write = match &mut self.out {
            Out::Direct(stdout) => stdout,
            Out::Paged(pager) => pager,
        };
        out.write_all(self.gathered.as_bytes())?;
        self.gathered.clear();
        Ok(out.flush()?)
    }
}

//! Standard output, buffered.

use crate::output::Printer;
use std::io::{self, StdoutLock, Write};
use woodpile_record::RawDocument;

/// How much is gathered before it is written.
const BUFFER_BYTES: usize = 64 * 1024;

/// Gathers text for standard output.
#[derive(Debug)]
pub(crate) struct Screen {
    out: StdoutLock<'static>,
    gathered: String,
}

impl Screen {
    /// Standard output, held until this is dropped.
    pub(crate) fn new() -> Self {
        Self { out: io::stdout().lock(), gathered: String::with_capacity(BUFFER_BYTES) }
    }

    /// Adds text.
    pub(crate) fn write(&mut self, text: &str) -> io::Result<()> {
        self.append(|gathered| gathered.push_str(text))
    }

    /// Adds a record.
    pub(crate) fn print(
        &mut self,
        printer: &Printer,
        collection: &str,
        document: &RawDocument,
    ) -> io::Result<()> {
        self.append(|gathered| printer.print(collection, document, gathered))
    }

    /// Adds what `write` appends.
    pub(crate) fn append(&mut self, write: impl FnOnce(&mut String)) -> io::Result<()> {
        write(&mut self.gathered);
        if self.gathered.len() >= BUFFER_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes all that was gathered.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(self.gathered.as_bytes())?;
        self.gathered.clear();
        self.out.flush()
    }
}

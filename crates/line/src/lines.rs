//! Lines that make one record.

use crate::joiner::keep_bytes;
use crate::limits::{MAX_HELD_BYTES, MAX_HELD_LINES};
use woodpile_record::Entry;

/// A line as it came, and what of it is the app's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incoming<'a> {
    /// How many lines came before it.
    pub(crate) number: u64,
    /// All of it; what is no UTF-8 is replaced.
    pub(crate) text: &'a str,
    /// What it was before that.
    pub(crate) bytes: &'a [u8],
    /// Who sent it, where a transport says so.
    pub(crate) sender: &'a str,
    /// The text without the transport's header.
    pub(crate) body: &'a str,
}

/// The first line, whole, and the bodies of those behind it.
#[derive(Debug)]
pub(crate) struct Lines {
    /// The number of the first.
    first: u64,
    text: String,
    /// What they were, if that was no UTF-8.
    bytes: Option<Vec<u8>>,
    count: usize,
    head_end: usize,
    body_start: usize,
}

impl Lines {
    pub(crate) fn new(line: Incoming<'_>) -> Self {
        Self {
            first: line.number,
            text: line.text.to_owned(),
            bytes: is_lossy(line).then(|| line.bytes.to_owned()),
            count: 1,
            head_end: line.text.len(),
            body_start: line.text.len() - line.body.len(),
        }
    }

    pub(crate) fn has_room(&self, line: Incoming<'_>) -> bool {
        self.count < MAX_HELD_LINES && self.text.len() + line.body.len() < MAX_HELD_BYTES
    }

    pub(crate) fn push(&mut self, line: Incoming<'_>) {
        if is_lossy(line) && self.bytes.is_none() {
            self.bytes = Some(self.text.clone().into_bytes());
        }
        if let Some(bytes) = &mut self.bytes {
            bytes.push(b'\n');
            bytes.extend_from_slice(line.bytes);
        }
        self.text.push('\n');
        self.text.push_str(line.body);
        self.count += 1;
    }

    /// The number of the first line.
    pub(crate) fn first(&self) -> u64 {
        self.first
    }

    /// Whether the first line has a transport's header.
    pub(crate) fn has_transport(&self) -> bool {
        self.body_start > 0
    }

    /// The first line, with the transport's header.
    pub(crate) fn head(&self) -> &str {
        self.text.get(..self.head_end).unwrap_or_default()
    }

    /// All lines.
    pub(crate) fn all(&self) -> &str {
        self.text.trim_end()
    }

    /// The lines from `start` to `end`, offsets into all of them.
    pub(crate) fn range(&self, start: usize, end: usize) -> &str {
        let text = self.all();
        text.get(start..end.min(text.len())).unwrap_or_default()
    }

    /// All lines without the transport's header.
    pub(crate) fn bodies(&self) -> &str {
        self.range(self.body_start, usize::MAX)
    }

    /// Where the second line begins, if there is one.
    pub(crate) fn second(&self) -> usize {
        self.head_end + 1
    }

    /// Where the next line will begin.
    pub(crate) fn next(&self) -> usize {
        self.text.len() + 1
    }

    /// Bytes that were no UTF-8 stay beside the text.
    pub(crate) fn keep_bytes<'a>(&'a self, entry: &mut Entry<'a>) {
        if let Some(bytes) = &self.bytes {
            keep_bytes(entry, bytes);
        }
    }
}

fn is_lossy(line: Incoming<'_>) -> bool {
    line.text.as_bytes() != line.bytes
}

use bson::RawDocument;

/// Encoded records, one after another in one buffer: what is handed from those who decode to those who store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Batch {
    /// A batch of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A batch of nothing, with room for so many records of so many bytes together.
    pub fn with_capacity(records: usize, bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ends: Vec::with_capacity(records) }
    }

    /// Adds a record that is already encoded.
    pub fn push(&mut self, document: &RawDocument) {
        self.bytes.extend_from_slice(document.as_bytes());
        self.ends.push(self.bytes.len());
    }

    /// Adds what `write` appends to the buffer: exactly one document.
    pub(crate) fn push_with(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.bytes.len();
        write(&mut self.bytes);
        debug_assert!(RawDocument::from_bytes(&self.bytes[start..]).is_ok());
        self.ends.push(self.bytes.len());
    }

    /// Adds what `write` appends to the buffer; nothing, and `None`, where that is not one document, or `write` says
    /// so.
    pub fn try_push_with(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Option<()>) -> Option<()> {
        let start = self.bytes.len();
        let written = write(&mut self.bytes);
        let document =
            self.bytes.get(start..).and_then(|bytes| RawDocument::from_bytes(bytes).ok());
        if written.and(document).is_none() {
            self.bytes.truncate(start);
            return None;
        }
        self.ends.push(self.bytes.len());
        Some(())
    }

    /// How many records.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All records as BSON, one after another.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The record at `index`, in the order of arrival.
    pub fn get(&self, index: usize) -> Option<&RawDocument> {
        let end = *self.ends.get(index)?;
        let start = if index == 0 { 0 } else { *self.ends.get(index - 1)? };
        RawDocument::from_bytes(self.bytes.get(start..end)?).ok()
    }

    /// The records, in the order of arrival.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &RawDocument> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// Empties the batch, keeping its buffers.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

impl<'a> FromIterator<&'a RawDocument> for Batch {
    fn from_iter<I: IntoIterator<Item = &'a RawDocument>>(documents: I) -> Self {
        let mut batch = Self::new();
        for document in documents {
            batch.push(document);
        }
        batch
    }
}

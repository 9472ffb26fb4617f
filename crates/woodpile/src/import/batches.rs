//! Records by the collection that they go to.

use woodpile_record::Batch;

/// A batch for each collection; they are few.
#[derive(Debug, Default)]
pub(super) struct Batches(Vec<(String, Batch)>);

impl Batches {
    /// The batch of that collection.
    pub(super) fn of(&mut self, collection: &str) -> &mut Batch {
        let known = self.0.iter().position(|(name, _)| name == collection);
        let index = known.unwrap_or_else(|| {
            self.0.push((collection.to_owned(), Batch::new()));
            self.0.len() - 1
        });
        &mut self.0[index].1
    }

    /// All of them, as a store takes them.
    pub(super) fn as_refs(&self) -> Vec<(&str, &Batch)> {
        self.0.iter().map(|(name, batch)| (name.as_str(), batch)).collect()
    }
}

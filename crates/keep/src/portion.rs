use crate::{Judged, Rules};
use std::sync::Arc;
use woodpile_record::{Batch, RawDocument};
use woodpile_store::Followed;

/// Records on their way to the store together, by collection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Portion {
    /// A collection may come several times.
    batches: Vec<(Arc<str>, Batch)>,
    records: usize,
    bytes: usize,
    /// The rules that all of it was judged by.
    judged_by: Option<Arc<dyn Rules>>,
}

impl Portion {
    pub(crate) fn push(&mut self, collection: &Arc<str>, document: &RawDocument) {
        let known = self.batches.iter().position(|(name, _)| {
            // Nearly always the very same text; another's spool brings its own.
            Arc::ptr_eq(name, collection) || name == collection
        });
        let index = known.unwrap_or_else(|| {
            self.batches.push((Arc::clone(collection), Batch::new()));
            self.batches.len() - 1
        });
        self.judged_by = None;
        self.batches[index].1.push(document);
        self.records += 1;
        self.bytes += document.as_bytes().len();
    }

    pub(crate) fn records(&self) -> usize {
        self.records
    }

    /// The records as a counter counts them.
    pub(crate) fn count(&self) -> u64 {
        u64::try_from(self.records).unwrap_or(u64::MAX)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// As the store takes it.
    pub(crate) fn batches(&self) -> Vec<(&str, &Batch)> {
        let filled = self.batches.iter().filter(|(_, batch)| !batch.is_empty());
        filled.map(|(name, batch)| (&**name, batch)).collect()
    }

    /// The batches that it was made of, as far as rules left them.
    pub(crate) fn into_batches(self) -> Vec<(Arc<str>, Batch)> {
        self.batches
    }

    /// The records one by one, with their collections.
    fn documents(&self) -> impl Iterator<Item = (&Arc<str>, &RawDocument)> {
        self.batches
            .iter()
            .flat_map(|(name, batch)| batch.iter().map(move |document| (name, document)))
    }

    /// The only record, if there is but one.
    pub(crate) fn single(&self) -> Option<(&Arc<str>, &RawDocument)> {
        if self.records == 1 { self.documents().next() } else { None }
    }

    /// The first half of the records and the rest.
    pub(crate) fn halves(&self) -> (Self, Self) {
        let mut documents = self.documents();
        let mut first: Self = documents.by_ref().take(self.records.div_ceil(2)).collect();
        let mut second: Self = documents.collect();
        first.judged_by.clone_from(&self.judged_by);
        second.judged_by.clone_from(&self.judged_by);
        (first, second)
    }

    /// Whether these rules have nothing to say about it, or have said it.
    pub(crate) fn is_judged_by(&self, rules: &Arc<dyn Rules>) -> bool {
        let is_same = |known: &Arc<dyn Rules>| Arc::ptr_eq(known, rules);
        !rules.judges() || self.judged_by.as_ref().is_some_and(is_same)
    }

    /// What rules leave of it; what becomes of each batch is told, with its place and its collection's name.
    pub(crate) fn judge(
        &self,
        rules: Arc<dyn Rules>,
        mut tell: impl FnMut(usize, &str, &Judged),
    ) -> Self {
        let mut left = Self::default();
        for (place, (name, batch)) in self.batches.iter().enumerate() {
            let judged = Judged::new(&*rules, name, batch);
            tell(place, name, &judged);
            left.records += judged.batch.len();
            left.bytes += judged.batch.as_bytes().len();
            left.batches.push((Arc::clone(name), judged.batch));
        }
        left.judged_by = Some(rules);
        left
    }
}

impl<'a> FromIterator<(&'a Arc<str>, &'a RawDocument)> for Portion {
    fn from_iter<I: IntoIterator<Item = (&'a Arc<str>, &'a RawDocument)>>(documents: I) -> Self {
        let mut portion = Self::default();
        for (collection, document) in documents {
            portion.push(collection, document);
        }
        portion
    }
}

impl From<Vec<(Arc<str>, Batch)>> for Portion {
    fn from(batches: Vec<(Arc<str>, Batch)>) -> Self {
        let records = batches.iter().map(|(_, batch)| batch.len()).sum();
        let bytes = batches.iter().map(|(_, batch)| batch.as_bytes().len()).sum();
        Self { batches, records, bytes, judged_by: None }
    }
}

impl From<Vec<Followed>> for Portion {
    fn from(followed: Vec<Followed>) -> Self {
        let batches = followed.into_iter();
        let batches = batches.map(|Followed { collection, batch }| (collection.into(), batch));
        batches.collect::<Vec<_>>().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use woodpile_record::{Entry, EventTime, IdSource};

    fn portion(collections: &[&str]) -> Portion {
        let ids = IdSource::new([0; 5]);
        let mut portion = Portion::default();
        for name in collections {
            let record = Entry::default().encode(ids.next(1), EventTime::default());
            portion.push(&Arc::from(*name), record.as_document());
        }
        portion
    }

    #[test]
    fn records_of_one_collection_travel_in_one_batch() {
        let portion = portion(&["a", "b", "a"]);
        let lengths: Vec<_> =
            portion.batches().iter().map(|(name, batch)| (*name, batch.len())).collect();
        assert_eq!(lengths, [("a", 2), ("b", 1)]);
        assert_eq!(portion.records(), 3);
    }

    #[test]
    fn halves_have_all_records_in_order() {
        for collections in [&["a", "b"][..], &["a", "a", "a"], &["a", "b", "b", "b", "c"]] {
            let whole = portion(collections);
            let (first, second) = whole.halves();
            assert!(first.records() - second.records() <= 1);
            let both: Vec<_> = first.documents().chain(second.documents()).collect();
            assert_eq!(both, whole.documents().collect::<Vec<_>>());
        }
    }
}

use super::limits::{INSERT_BYTES, INSERT_RECORDS};
use crate::StoreError;
use crate::order::id_of;
use bson::raw::RawDocumentBuf;
use woodpile_record::Batch;

/// The records for one collection, owned, so that they can go to the driver's thread.
#[derive(Debug)]
pub(super) struct Load {
    pub(super) collection: String,
    /// Each within [`INSERT_BYTES`] and [`INSERT_RECORDS`].
    pub(super) portions: Vec<Vec<RawDocumentBuf>>,
}

impl Load {
    /// Splits a batch into portions; a record without an `_id` is refused.
    pub(super) fn of(collection: &str, batch: &Batch) -> Result<Self, StoreError> {
        let mut portions = Vec::new();
        let mut portion = Vec::new();
        let mut bytes = 0;
        for (index, document) in batch.iter().enumerate() {
            if id_of(document).is_none() {
                return Err(without_id(collection, index));
            }
            let size = document.as_bytes().len();
            if portion.len() == INSERT_RECORDS || (bytes > 0 && bytes + size > INSERT_BYTES) {
                portions.push(std::mem::take(&mut portion));
                bytes = 0;
            }
            bytes += size;
            portion.push(document.to_owned());
        }
        if !portion.is_empty() {
            portions.push(portion);
        }
        Ok(Self { collection: collection.to_owned(), portions })
    }
}

fn without_id(collection: &str, index: usize) -> StoreError {
    StoreError::Rejected {
        place: format!("record {} for {collection}", index + 1),
        reason: "it has no _id".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::rawdoc;

    /// The sizes of the portions that records of these sizes are split into.
    fn check(sizes: &[usize], expected: &[usize]) {
        let mut batch = Batch::new();
        for &size in sizes {
            batch.push(&rawdoc! { "_id": 1, "message": "x".repeat(size) });
        }
        let load = Load::of("log", &batch).unwrap();
        let found: Vec<_> = load.portions.iter().map(Vec::len).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn portions_hold_as_much_as_one_insert_takes() {
        check(&[], &[]);
        check(&[1, 2, 3], &[3]);
        check(&[INSERT_BYTES / 2, INSERT_BYTES / 2, 1], &[1, 2]);
        check(&[1, INSERT_BYTES * 2, 1], &[1, 1, 1]);
        check(&vec![0; INSERT_RECORDS + 1], &[INSERT_RECORDS, 1]);
    }
}

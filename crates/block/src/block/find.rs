//! Which records a block has, by `_id`.

use super::IDS;
use super::bytes::Bytes;
use super::read::Block;
use crate::BlockError;
use crate::ids::{IdSummary, id_element};
use std::collections::HashMap;

/// Where a record is in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Its group.
    pub group: usize,
    /// Its place in the group.
    pub row: usize,
}

impl<B: Bytes> Block<B> {
    /// The ids of its records: read without anything but the head.
    ///
    /// # Errors
    /// Where they are damaged, or could not be read.
    pub fn ids(&self) -> Result<&IdSummary, BlockError> {
        const NAME: &str = "the block's ids";
        if let Some(ids) = self.ids.get() {
            return Ok(ids);
        }
        let ids = self.section(IDS, NAME, IdSummary::decode)?;
        let ids = ids.ok_or_else(|| BlockError::damaged(NAME))?;
        Ok(self.ids.get_or_init(|| ids))
    }

    /// Whether it may hold a record with one of these ids: surely not where this is `false`.
    ///
    /// # Errors
    /// As [`Block::ids`].
    pub fn may_hold(&self, ids: &IdSummary) -> Result<bool, BlockError> {
        Ok(self.ids()?.may_share(ids))
    }

    /// Which records have these ids, each given as its element (see [`id_element`]); with each place comes the
    /// number of its id in `elements`. Reads no more than the ids' columns, and nothing where
    /// [`Block::may_hold`] says no.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn find_ids(&self, elements: &[&[u8]]) -> Result<Vec<(usize, Place)>, BlockError> {
        if !self.may_hold(&IdSummary::of(elements.iter().copied()))? {
            return Ok(Vec::new());
        }
        let wanted: HashMap<&[u8], usize> =
            elements.iter().enumerate().map(|(number, element)| (*element, number)).collect();
        let mut found = Vec::new();
        for group in 0..self.head.groups.len() {
            let records = self.unpack_fields(group, &["_id"])?;
            for (row, record) in records.iter().enumerate() {
                let number = id_element(record).and_then(|id| wanted.get(id));
                found.extend(number.map(|number| (*number, Place { group, row })));
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Block, Effort, IdSummary, Packer, Place, id_element};
    use bson::{RawDocumentBuf, oid::ObjectId, rawdoc};

    fn object_id(counter: u8) -> ObjectId {
        ObjectId::from_parts(1_800_000_000, [7; 5], [0, 0, counter])
    }

    fn records() -> Vec<RawDocumentBuf> {
        vec![
            rawdoc! { "_id": object_id(1), "message": "a" },
            rawdoc! { "_id": "text", "nested": { "_id": object_id(9) } },
            rawdoc! { "message": "no id" },
            rawdoc! { "_id": { "app": 1, "number": 2 }, "message": "b" },
            rawdoc! { "message": "late", "_id": object_id(2) },
        ]
    }

    /// Which row has the id, found in a block of the records above.
    fn find(id: &RawDocumentBuf) -> Option<usize> {
        let mut packer = Packer::new(Effort::Quick);
        for record in &records() {
            packer.push(record);
        }
        let block = Block::open(packer.finish().expect("a block").bytes).expect("a block");
        let element = id_element(id).expect("an id");
        let found = block.find_ids(&[b"no id".as_slice(), element]).expect("no damage");
        let may = block.may_hold(&IdSummary::of([element].into_iter())).expect("no damage");
        assert!(may || found.is_empty());
        assert!(found.len() <= 1);
        found.first().map(|&(number, Place { group, row })| {
            assert_eq!((number, group), (1, 0));
            row
        })
    }

    #[test]
    fn ids_of_any_type_are_found() {
        for (row, record) in records().iter().enumerate().filter(|(row, _)| *row != 2) {
            assert_eq!(find(record), Some(row));
        }
    }

    #[test]
    fn other_ids_are_not_found() {
        for id in [
            rawdoc! { "_id": object_id(9) },
            rawdoc! { "_id": "Text" },
            rawdoc! { "_id": { "app": 1, "number": 3 } },
            rawdoc! { "_id": 1 },
        ] {
            assert_eq!(find(&id), None, "{id:?}");
        }
    }
}

//! Fields of requests that only messages tell of: asked of records of which no more is put together than that.

use super::answer::Answer;
use super::shapes::narrow;
use crate::stored::StoredRows;
use std::collections::HashMap;
use woodpile_block::{BlockError, Keep, Selection};
use woodpile_query::{DERIVED_FROM, FieldLeaf, Path};

/// What is before the names of such fields.
const PREFIX: &str = "http";

/// Whether a message may tell of a field.
pub(super) fn may_tell(path: &str) -> bool {
    path.split('.').next() == Some(PREFIX)
}

/// A question to the messages of some records.
pub(super) struct Derived<'m> {
    /// Those without a request of their own.
    of: Keep,
    leaf: &'m FieldLeaf,
    fields: Vec<&'m str>,
}

impl<'m> Derived<'m> {
    pub(super) fn new(of: Keep, leaf: &'m FieldLeaf) -> Self {
        let own = leaf.paths().iter().map(Path::name).flat_map(starts);
        let fields = own.chain(DERIVED_FROM.iter().copied()).collect();
        Self { of, leaf, fields }
    }

    pub(super) fn is_none(&self) -> bool {
        self.of.is_none()
    }

    /// Asks these rows of a group; those that say the same once.
    pub(super) fn ask(&self, rows: &StoredRows, within: &Selection) -> Result<Answer, BlockError> {
        let asked = narrow(rows, &self.of, within)?;
        let mut found = Selection::none(rows.len());
        if asked.is_none() {
            return Ok(Answer::exact(found));
        }
        let records = rows.unpack_fields(&asked, &self.fields)?;
        let mut known: HashMap<&[u8], bool> = HashMap::new();
        for (row, record) in asked.iter().zip(records.iter()) {
            let passes =
                known.entry(record.as_bytes()).or_insert_with(|| self.leaf.matches_in(record));
            if *passes {
                found.add(row);
            }
        }
        Ok(Answer::exact(found))
    }
}

/// The keys that a path may begin with: a key may have dots in it.
fn starts(path: &str) -> impl Iterator<Item = &str> {
    let dots = path.match_indices('.').map(|(dot, _)| dot);
    dots.chain([path.len()]).filter_map(|end| path.get(..end))
}

//! The columns at and below a path, and what stands in the way there.

use super::scalar::bson_type;
use crate::stored::StoredBlock;
use woodpile_block::{BlockError, ColumnInfo};

/// The columns at a path and below it.
pub(super) fn below<'b>(
    block: &'b StoredBlock,
    path: &'b str,
) -> impl Iterator<Item = ColumnInfo> + 'b {
    block.columns().filter(move |column| is_within(&column.path, path))
}

/// The paths above this one at which some record has an array: whether there is anything at the path, the array's
/// elements say.
pub(super) fn through_arrays<'b>(
    block: &'b StoredBlock,
    path: &'b str,
) -> impl Iterator<Item = &'b str> {
    let above = path.match_indices('.').filter_map(|(end, _)| path.get(..end));
    above.filter(move |above| {
        let first = format!("{above}.0");
        let is_element = |column: &ColumnInfo| {
            let is_array = column.path == **above && column.bson_type == bson_type::WHOLE_ARRAY;
            is_array || is_within(&column.path, &first)
        };
        block.columns().any(|column| is_element(&column))
    })
}

/// Whether records are kept whole: no column tells of them.
pub(super) fn whole(block: &StoredBlock) -> Result<bool, BlockError> {
    block.has_whole()
}

/// Whether a column is at a path, or below it.
fn is_within(column: &str, path: &str) -> bool {
    column.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

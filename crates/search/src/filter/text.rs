//! A word, phrase or expression anywhere in a record, over columns.

use super::columns::Columns;
use super::scalar::{bson_type, has_text, is_number};
use super::shapes::Shapes;
use crate::stored::StoredBlock;
use woodpile_block::{BlockError, ColumnInfo};
use woodpile_query::{Scalar, TextLeaf};

/// Makes the question ready for a block.
pub(super) fn prepare<'m>(
    leaf: &'m TextLeaf,
    block: &StoredBlock,
) -> Result<Columns<'m>, BlockError> {
    let mut columns = Columns::default();
    columns.leave_open(block, &Shapes::whole())?;
    let with_numbers = leaf.may_be_in_numbers();
    let is_asked = |column: &ColumnInfo| {
        has_text(column.bson_type)
            || column.bson_type == bson_type::WHOLE_ARRAY
            || (with_numbers && is_number(column.bson_type))
    };
    for column in block.columns().filter(is_asked) {
        let passes = Box::new(|value: Scalar<'_>| leaf.matches_value(value));
        columns.ask_column(block, None, column, passes)?;
    }
    Ok(columns)
}

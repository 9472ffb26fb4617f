//! A word, phrase or expression anywhere in a record, over columns.

use super::columns::Columns;
use super::scalar::{bson_type, has_text, is_number};
use super::wanted::Wanted;
use crate::machine::Machines;
use crate::stored::StoredBlock;
use std::sync::Arc;
use woodpile_block::{BlockError, ColumnInfo, Layout};
use woodpile_query::{Scalar, TextLeaf};

/// Makes the question ready for a block.
pub(super) fn prepare<'m>(
    leaf: &'m TextLeaf,
    machines: &'m Machines,
    block: &StoredBlock,
) -> Result<Columns<'m>, BlockError> {
    let mut columns = Columns::default();
    columns.leave_whole_open(block)?;
    let passes = Box::new(|value: Scalar<'_>| leaf.matches_value(value));
    let wanted = Wanted::new(machines, passes).with_text(leaf.needs(), leaf.expression());
    let wanted = Arc::new(wanted);
    let with_numbers = leaf.may_be_in_numbers();
    let is_asked = |column: &ColumnInfo| {
        has_text(column.bson_type)
            || column.bson_type == bson_type::WHOLE_ARRAY
            || (with_numbers && is_number(column.bson_type))
    };
    let mut asked: Vec<ColumnInfo> = block.columns().filter(is_asked).collect();
    // What templates take from other columns is found there already.
    asked.sort_by_key(|column| column.layout == Layout::Templates);
    for column in asked {
        columns.ask_column(block, None, column, &wanted)?;
    }
    columns.leave_out_repeated();
    Ok(columns)
}

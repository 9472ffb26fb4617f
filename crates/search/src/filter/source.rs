//! `@name` over columns.

use super::columns::Columns;
use super::scalar::bson_type;
use super::wanted::Wanted;
use crate::machine::Machines;
use crate::stored::StoredBlock;
use std::sync::Arc;
use woodpile_block::BlockError;
use woodpile_query::{Scalar, SourceLeaf};

/// Makes the question ready for a block.
pub(super) fn prepare<'m>(
    leaf: &'m SourceLeaf,
    machines: &'m Machines,
    block: &StoredBlock,
) -> Result<Columns<'m>, BlockError> {
    let mut columns = Columns::default();
    columns.leave_whole_open(block)?;
    let passes = |value: Scalar<'_>| matches!(value, Scalar::Text(text) if leaf.matches(text));
    let wanted = Arc::new(Wanted::new(machines, Box::new(passes)));
    for path in leaf.paths() {
        let own = block.columns();
        for column in own.filter(|own| own.path == *path && own.bson_type == bson_type::STRING) {
            columns.ask_column(block, None, column, &wanted)?;
        }
    }
    Ok(columns)
}

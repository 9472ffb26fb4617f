//! `field:…` over columns.

use super::columns::Columns;
use super::columns_at::{below, through_arrays};
use super::derived::may_tell;
use super::scalar::has_text;
use super::shapes::Shapes;
use super::wanted::Wanted;
use crate::machine::Machines;
use crate::stored::StoredBlock;
use std::sync::Arc;
use woodpile_block::{BlockError, ColumnInfo};
use woodpile_query::{FieldLeaf, Path, Scalar};
use woodpile_record::name;

/// How writers call the level: the first that is a text counts.
const LEVELS: &[&str] = &["level", "Level"];
/// How they call the message, likewise.
pub(super) const MESSAGES: &[&str] = &["message", "msg", "MESSAGE", "Message", "RenderedMessage"];

/// Makes the question ready for a block. Not for the event time, which is no column.
pub(super) fn prepare<'m>(
    leaf: &'m FieldLeaf,
    machines: &'m Machines,
    block: &StoredBlock,
) -> Result<Columns<'m>, BlockError> {
    let mut columns = Columns::default();
    columns.leave_whole_open(block)?;
    let mut seen = Shapes::none();
    if let (Some(names), Some(path)) = (spellings(leaf), leaf.paths().first()) {
        seen = ask_spellings(&mut columns, (leaf, machines), (names, path), block)?;
    }
    for path in leaf.paths() {
        seen = ask_path(&mut columns, (leaf, machines), path, seen, block)?;
        if may_tell(path.name()) {
            // Before what other paths say, the message counts.
            let without = Shapes::others(block, &seen.clone().or(&requests(block)));
            columns.derive(block, &without, leaf)?;
            seen = seen.or(&without);
        }
    }
    Ok(columns)
}

/// The shapes of records that tell of their request themselves. Where some have another value there, all are asked.
fn requests(block: &StoredBlock) -> Shapes {
    if block.columns().any(|column| column.path == name::HTTP) {
        Shapes::none()
    } else {
        Shapes::with(block, name::HTTP)
    }
}

/// The names under which writers have what the field means, where there are several.
fn spellings(leaf: &FieldLeaf) -> Option<&'static [&'static str]> {
    if leaf.is_level() { Some(LEVELS) } else { leaf.is_message().then_some(MESSAGES) }
}

/// Meant is the text of the first of these fields that is a text; gives the shapes that have one of them.
fn ask_spellings<'m>(
    columns: &mut Columns<'m>,
    (leaf, machines): (&'m FieldLeaf, &'m Machines),
    (names, path): (&[&str], &'m Path),
    block: &StoredBlock,
) -> Result<Shapes, BlockError> {
    let mut seen = Shapes::none();
    for name in names {
        let own: Vec<ColumnInfo> = below(block, name).collect();
        let shapes = Shapes::with(block, name);
        let here = shapes.clone().without(&seen);
        let is_text = |own: &ColumnInfo| own.path == *name && has_text(own.bson_type);
        if own.is_empty() || !own.iter().all(is_text) {
            columns.leave_open(block, &here)?;
            seen = seen.or(&shapes);
            continue;
        }
        let wanted = wanted(leaf, path, machines);
        for column in own {
            columns.ask_column(block, Some(&here), column, &wanted)?;
        }
        seen = seen.or(&shapes);
    }
    Ok(seen)
}

fn wanted<'m>(leaf: &'m FieldLeaf, path: &'m Path, machines: &'m Machines) -> Arc<Wanted<'m>> {
    let passes = Box::new(move |value: Scalar<'_>| leaf.matches(value, path));
    Arc::new(Wanted::new(machines, passes).with_text(leaf.needs(), leaf.expression()))
}

/// Asks what is at a path where nothing is at those before; gives the shapes that were seen so far.
fn ask_path<'m>(
    columns: &mut Columns<'m>,
    (leaf, machines): (&'m FieldLeaf, &'m Machines),
    path: &'m Path,
    seen: Shapes,
    block: &StoredBlock,
) -> Result<Shapes, BlockError> {
    let arrays = through_arrays(block, path.name());
    let through_arrays =
        arrays.fold(Shapes::none(), |shapes, array| shapes.or(&Shapes::with(block, array)));
    columns.leave_open(block, &through_arrays.clone().without(&seen))?;
    let seen = seen.or(&through_arrays);
    let shapes = Shapes::with(block, path.name());
    let here = shapes.clone().without(&seen);
    if leaf.is_existence() {
        columns.accept(block, &here)?;
    } else if !here.is_none() {
        let wanted = wanted(leaf, path, machines);
        for column in below(block, path.name()) {
            columns.ask_column(block, Some(&here), column, &wanted)?;
        }
    }
    Ok(seen.or(&shapes))
}

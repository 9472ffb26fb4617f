use crate::shred::{ColumnKey, Cursors, Shape, Source, rebuild};
use crate::texts::Texts;
use woodpile_record::Batch;

/// The most bytes that room is made for at once; heads may lie.
const MAX_ROOM: usize = 16 * 1024 * 1024;

/// Puts records together again: for each row [`RAW`](crate::shred::RAW), or its shape's number and one more.
/// `None` where the columns do not suffice, or the records have more bytes than `max_bytes`.
pub(super) fn records<'a>(
    shapes: &[Shape],
    columns: impl Iterator<Item = (&'a ColumnKey, Source<'a>)>,
    rows: &[u32],
    whole: &Texts,
    max_bytes: usize,
) -> Option<Batch> {
    let mut cursors = Cursors::new(columns);
    let mut whole = whole.iter();
    let mut batch = Batch::with_capacity(rows.len(), max_bytes.min(MAX_ROOM));
    let mut open = Vec::new();
    for &row in rows {
        batch.try_push_with(|out| match row.checked_sub(1) {
            None => whole.next().map(|record| out.extend_from_slice(record)),
            Some(shape) => rebuild(shapes.get(shape as usize)?, &mut cursors, &mut open, out),
        })?;
        (batch.as_bytes().len() <= max_bytes).then_some(())?;
    }
    Some(batch)
}

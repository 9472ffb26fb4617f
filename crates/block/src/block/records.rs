use crate::shred::{ColumnKey, Cursors, Data, Shape, rebuild};
use crate::texts::Texts;
use woodpile_record::{Batch, RawDocument};

/// Puts records together again: for each row [`RAW`](crate::shred::RAW), or its shape's number and one more.
/// `None` where the columns do not suffice, or the records have more bytes than `max_bytes`.
pub(super) fn records<'a>(
    shapes: &[Shape],
    columns: impl Iterator<Item = (&'a ColumnKey, &'a Data)>,
    rows: &[u32],
    whole: &Texts,
    max_bytes: usize,
) -> Option<Batch> {
    let mut cursors = Cursors::new(columns);
    let mut whole = whole.iter();
    let mut batch = Batch::new();
    let (mut record, mut open) = (Vec::new(), Vec::new());
    for &row in rows {
        record.clear();
        match row.checked_sub(1) {
            None => record.extend_from_slice(whole.next()?),
            Some(shape) => {
                rebuild(shapes.get(shape as usize)?, &mut cursors, &mut open, &mut record)?;
            }
        }
        if batch.as_bytes().len() + record.len() > max_bytes {
            return None;
        }
        batch.push(RawDocument::from_bytes(&record).ok()?);
    }
    Some(batch)
}

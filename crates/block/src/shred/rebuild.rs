//! Every size is checked: what is read may be damaged or made to harm.

use super::column::{ColumnKey, Data};
use super::shape::{Shape, Step};

/// The most bytes of the records of one group, as many as a block is made of: small columns named by many
/// places must not become more.
const MAX_GROUP_BYTES: usize = 256 * 1024 * 1024;

/// The values of a group of rows, each column with the place that is read next.
#[derive(Debug)]
pub(crate) struct Cursors<'a> {
    columns: Vec<(&'a ColumnKey, &'a Data, usize)>,
    /// How many bytes the records that follow may have.
    left: usize,
}

impl<'a> Cursors<'a> {
    pub(crate) fn new(columns: impl Iterator<Item = (&'a ColumnKey, &'a Data)>) -> Self {
        let columns = columns.map(|(key, data)| (key, data, 0)).collect();
        Self { columns, left: MAX_GROUP_BYTES }
    }

    /// Appends the column's next value; `None` where there is none.
    fn write_next(&mut self, column: u32, out: &mut Vec<u8>) -> Option<()> {
        let (key, data, next) = self.columns.get_mut(column as usize)?;
        let at = *next;
        *next = at.checked_add(1)?;
        match data {
            Data::Ints(values) => write_int(*values.get(at)?, key.width(), out),
            Data::Doubles(values) => out.extend_from_slice(&values.get(at)?.to_le_bytes()),
            Data::Ids(values) => out.extend_from_slice(values.get(at)?),
            Data::Nothing(_) => {}
            Data::Blobs(blobs) => out.extend_from_slice(blobs.get(at)?),
            Data::Texts(texts) => {
                let text = texts.get(at)?;
                out.extend_from_slice(
                    &u32::try_from(text.len()).ok()?.checked_add(1)?.to_le_bytes(),
                );
                out.extend_from_slice(text);
                out.push(0);
            }
        }
        Some(())
    }
}

fn write_int(value: i64, width: usize, out: &mut Vec<u8>) {
    let bytes = value.to_le_bytes();
    out.extend_from_slice(bytes.get(..width).unwrap_or(&bytes));
}

/// Writes to `out`, which is empty, the record of this shape that takes the next values; `None` where they do
/// not suffice, or the group becomes too large.
pub(crate) fn rebuild(
    shape: &Shape,
    cursors: &mut Cursors<'_>,
    open: &mut Vec<usize>,
    out: &mut Vec<u8>,
) -> Option<()> {
    open.clear();
    begin(open, out);
    for step in &shape.steps {
        match step {
            Step::Head(head) => out.extend_from_slice(head),
            Step::Open => begin(open, out),
            Step::Close => end(open, out)?,
            Step::Value(column) => cursors.write_next(*column, out)?,
        }
        (out.len() <= cursors.left).then_some(())?;
    }
    end(open, out)?;
    cursors.left = cursors.left.checked_sub(out.len())?;
    Some(())
}

fn begin(open: &mut Vec<usize>, out: &mut Vec<u8>) {
    open.push(out.len());
    out.extend_from_slice(&[0; 4]);
}

fn end(open: &mut Vec<usize>, out: &mut Vec<u8>) -> Option<()> {
    out.push(0);
    let start = open.pop()?;
    let document = out.get_mut(start..)?;
    let length = u32::try_from(document.len()).ok()?;
    document.get_mut(..4)?.copy_from_slice(&length.to_le_bytes());
    Some(())
}

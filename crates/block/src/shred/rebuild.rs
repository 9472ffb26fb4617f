//! Every size is checked: what is read may be damaged or made to harm.

use super::column::{ColumnKey, Data};
use super::shape::{Shape, Step};

/// The most bytes of the records of one group, as many as a block is made of: small columns named by many
/// places must not become more.
const MAX_GROUP_BYTES: usize = 256 * 1024 * 1024;

/// The values of a column, in the order of the records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) data: &'a Data,
    /// Which of the values comes when; all of them one after another where this is not said.
    pub(crate) picks: Option<&'a [u32]>,
}

impl<'a> Source<'a> {
    /// A value that is a text or bytes.
    pub(crate) fn text(self, place: usize) -> Option<&'a [u8]> {
        let at = self.picks.map_or(Some(place), |picks| picks.get(place).map(|at| *at as usize))?;
        match self.data {
            Data::Texts(texts) | Data::Blobs(texts) => texts.get(at),
            _ => None,
        }
    }

    /// The bytes of all its texts.
    pub(crate) fn text_bytes(self) -> usize {
        match (self.data, self.picks) {
            (Data::Texts(texts) | Data::Blobs(texts), None) => texts.as_bytes().len(),
            (_, Some(picks)) => {
                (0..picks.len()).filter_map(|at| self.text(at)).map(<[u8]>::len).sum()
            }
            _ => 0,
        }
    }
}

/// The values of a group of rows, each column with what is read next.
#[derive(Debug)]
pub(crate) struct Cursors<'a> {
    columns: Vec<ColumnCursor<'a>>,
    /// How many bytes the records that follow may have.
    left: usize,
}

#[derive(Debug)]
struct ColumnCursor<'a> {
    source: Source<'a>,
    /// The bytes of a value of fixed size.
    width: usize,
    next: usize,
}

impl<'a> Cursors<'a> {
    pub(crate) fn new(columns: impl Iterator<Item = (&'a ColumnKey, Source<'a>)>) -> Self {
        let cursor =
            |(key, source): (&ColumnKey, _)| ColumnCursor { source, width: key.width(), next: 0 };
        Self { columns: columns.map(cursor).collect(), left: MAX_GROUP_BYTES }
    }
}

impl ColumnCursor<'_> {
    /// Appends the next value; `None` where there is none.
    fn write_next(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let next = self.next;
        self.next = next.checked_add(1)?;
        let at = match self.source.picks {
            Some(picks) => *picks.get(next)? as usize,
            None => next,
        };
        match self.source.data {
            Data::Ints(values) => write_int(*values.get(at)?, self.width, out),
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
    match (width, bytes) {
        (1, [byte, ..]) => out.push(byte),
        (4, [a, b, c, d, ..]) => out.extend_from_slice(&[a, b, c, d]),
        _ => out.extend_from_slice(&bytes),
    }
}

/// Appends the record of this shape that takes the next values; `None` where they do not suffice, or the group
/// becomes too large.
pub(crate) fn rebuild(
    shape: &Shape,
    cursors: &mut Cursors<'_>,
    open: &mut Vec<usize>,
    out: &mut Vec<u8>,
) -> Option<()> {
    open.clear();
    let start = out.len();
    begin(open, out);
    for step in &shape.steps {
        match step {
            Step::Head(head) => out.extend_from_slice(head),
            Step::Open => begin(open, out),
            Step::Close => end(open, out)?,
            Step::Value(column) => cursors.columns.get_mut(*column as usize)?.write_next(out)?,
        }
        (out.len() - start <= cursors.left).then_some(())?;
    }
    end(open, out)?;
    cursors.left = cursors.left.checked_sub(out.len() - start)?;
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

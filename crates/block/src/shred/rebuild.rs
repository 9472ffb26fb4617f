use super::column::{ColumnKey, Data};
use super::shape::{Shape, Step};

/// The values of a group of rows, each column with the place that is read next.
#[derive(Debug)]
pub(crate) struct Cursors<'a> {
    columns: Vec<(&'a ColumnKey, &'a Data, usize)>,
}

impl<'a> Cursors<'a> {
    pub(crate) fn new(columns: impl Iterator<Item = (&'a ColumnKey, &'a Data)>) -> Self {
        Self { columns: columns.map(|(key, data)| (key, data, 0)).collect() }
    }

    /// Appends the column's next value; `None` where there is none.
    fn write_next(&mut self, column: u32, out: &mut Vec<u8>) -> Option<()> {
        let (key, data, next) = self.columns.get_mut(column as usize)?;
        let at = *next;
        *next += 1;
        match data {
            Data::Ints(values) => write_int(*values.get(at)?, key.width(), out),
            Data::Doubles(values) => out.extend_from_slice(&values.get(at)?.to_le_bytes()),
            Data::Ids(values) => out.extend_from_slice(values.get(at)?),
            Data::Nothing(_) => {}
            Data::Blobs(blobs) => out.extend_from_slice(blobs.get(at)?),
            Data::Texts(texts) => {
                let text = texts.get(at)?;
                out.extend_from_slice(&u32::try_from(text.len() + 1).ok()?.to_le_bytes());
                out.extend_from_slice(text);
                out.push(0);
            }
        }
        Some(())
    }
}

fn write_int(value: i64, width: usize, out: &mut Vec<u8>) {
    match width {
        1 => out.push(value as u8),
        4 => out.extend_from_slice(&(value as i32).to_le_bytes()),
        _ => out.extend_from_slice(&value.to_le_bytes()),
    }
}

/// Appends the record of this shape that takes the next values; `None` where they do not suffice.
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
    }
    end(open, out)
}

fn begin(open: &mut Vec<usize>, out: &mut Vec<u8>) {
    open.push(out.len());
    out.extend_from_slice(&[0; 4]);
}

fn end(open: &mut Vec<usize>, out: &mut Vec<u8>) -> Option<()> {
    out.push(0);
    let start = open.pop()?;
    let length = u32::try_from(out.len() - start).ok()?;
    out.get_mut(start..start + 4)?.copy_from_slice(&length.to_le_bytes());
    Some(())
}

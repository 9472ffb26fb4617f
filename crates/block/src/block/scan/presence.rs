//! Which records have a field.

use super::{Names, Places};
use crate::block::bytes::Bytes;
use crate::block::group::least_bytes;
use crate::block::read::Block;
use crate::shred::{Shape, Step};
use std::collections::BTreeSet;

/// The BSON type of documents within documents, <https://bsonspec.org/spec.html>.
const DOCUMENT: u8 = 0x03;

impl<B: Bytes> Block<B> {
    /// For each shape of records whether it has this path: keys with points between them, as in
    /// [`ColumnInfo::path`](super::ColumnInfo::path); documents and arrays are found as values are. Reads nothing.
    pub fn shape_holds(&self, path: &str) -> Vec<bool> {
        self.head.shapes.shapes.iter().map(|shape| shape.has_path(path)).collect()
    }

    /// For each shape of records the paths of its fields, each once: those of documents within are told by themselves, an
    /// array is one field, as is a document without fields. Reads nothing.
    pub fn shape_fields(&self) -> Vec<BTreeSet<String>> {
        self.head.shapes.shapes.iter().map(Shape::fields).collect()
    }

    /// How many values of a column a record of each shape has: one, seldom more, as with a key that stands twice.
    pub(super) fn times(&self, column: usize) -> Vec<u32> {
        let times = |shape: &Shape| {
            let own = shape.columns().filter(|own| *own as usize == column);
            own.fold(0, |times, _| times + 1)
        };
        self.head.shapes.shapes.iter().map(times).collect()
    }

    /// The bytes of BSON that the values of rows of these shapes take at least; `None` where there is no such shape, or
    /// no end of them.
    pub(super) fn least_room(&self, places: &Places, names: &Names) -> Option<usize> {
        let shapes = &self.head.shapes;
        let mut counts = vec![0_usize; shapes.shapes.len() + 1];
        let mut are_known = true;
        names.each(|_, name| match places.get(name).and_then(|shape| counts.get_mut(shape)) {
            Some(count) => *count += 1,
            None => are_known = false,
        });
        let mut room = 0_usize;
        for (shape, rows) in shapes.shapes.iter().zip(counts.iter().skip(1)) {
            if *rows == 0 {
                continue;
            }
            let keys = shape.columns().map(|column| shapes.keys.get(column as usize));
            let bytes: usize = keys.map(|key| key.map_or(0, least_bytes)).sum();
            room = room.checked_add(rows.checked_mul(bytes)?)?;
        }
        are_known.then_some(room)
    }
}

impl Shape {
    /// Whether an element stands at this path.
    fn has_path(&self, path: &str) -> bool {
        let mut open: Vec<usize> = Vec::new();
        let mut at = Vec::new();
        for step in &self.steps {
            match step {
                Step::Head(head) => {
                    at.truncate(open.last().copied().unwrap_or(0));
                    at.extend_from_slice(head.get(1..head.len().saturating_sub(1)).unwrap_or(&[]));
                    if at == path.as_bytes() {
                        return true;
                    }
                }
                Step::Open => {
                    at.push(b'.');
                    open.push(at.len());
                }
                Step::Close => {
                    open.pop();
                }
                Step::Value(_) => {}
            }
        }
        false
    }

    fn fields(&self) -> BTreeSet<String> {
        let mut walk = FieldWalk::default();
        self.steps.iter().for_each(|step| walk.step(step));
        walk.fields
    }
}

/// Goes through a shape from field to field.
#[derive(Default)]
struct FieldWalk {
    fields: BTreeSet<String>,
    /// The path of the element at hand.
    at: Vec<u8>,
    bson_type: u8,
    /// Whether a document has just begun.
    begins: bool,
    /// How long the paths of the open documents are.
    open: Vec<usize>,
    /// How many documents and arrays are open from the outermost array on.
    in_array: usize,
}

impl FieldWalk {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Head(head) => self.enter(head),
            Step::Open => {
                if self.in_array > 0 || self.bson_type != DOCUMENT {
                    self.in_array += 1;
                }
                self.at.push(b'.');
                self.open.push(self.at.len());
                self.begins = true;
            }
            Step::Close => self.leave(),
            Step::Value(_) => {}
        }
    }

    fn enter(&mut self, head: &[u8]) {
        let Some((bson_type, key)) = head.split_first() else { return };
        (self.bson_type, self.begins) = (*bson_type, false);
        self.at.truncate(self.open.last().copied().unwrap_or(0));
        self.at.extend_from_slice(key.strip_suffix(&[0]).unwrap_or(key));
        if self.in_array == 0 && *bson_type != DOCUMENT {
            self.fields.insert(String::from_utf8_lossy(&self.at).into_owned());
        }
    }

    fn leave(&mut self) {
        let start = self.open.pop().unwrap_or(0);
        let is_empty = std::mem::take(&mut self.begins);
        self.at.truncate(start.saturating_sub(1));
        if self.in_array > 0 {
            self.in_array -= 1;
        } else if is_empty {
            self.fields.insert(String::from_utf8_lossy(&self.at).into_owned());
        }
    }
}

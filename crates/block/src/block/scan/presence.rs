//! Which records have a field.

use crate::block::bytes::Bytes;
use crate::block::read::Block;
use crate::shred::{Shape, Step};

impl<B: Bytes> Block<B> {
    /// For each shape of records whether it has this path: keys with points between them, as in
    /// [`ColumnInfo::path`](super::ColumnInfo::path); documents and arrays are found as values are. Reads nothing.
    pub fn shape_holds(&self, path: &str) -> Vec<bool> {
        self.head.shapes.shapes.iter().map(|shape| shape.has_path(path)).collect()
    }

    /// How many values of a column a record of each shape has: one, seldom more, as with a key that stands twice.
    pub(super) fn times(&self, column: usize) -> Vec<u32> {
        let times = |shape: &Shape| {
            let own = shape.columns().filter(|own| *own as usize == column);
            own.fold(0, |times, _| times + 1)
        };
        self.head.shapes.shapes.iter().map(times).collect()
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
}

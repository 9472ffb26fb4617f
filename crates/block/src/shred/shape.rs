use super::column::{ColumnKey, WHOLE_ARRAY};
use crate::hash::HashMap;
use crate::varint::{self, Cursor};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The most shapes of one block; records of others are kept whole.
pub(crate) const MAX_SHAPES: usize = 8_192;
/// The most bytes of one shape's description.
pub(crate) const MAX_SHAPE_BYTES: usize = 16 * 1024;
/// How deep documents nest in a shape.
pub(crate) const MAX_DEPTH: usize = 100;
/// The most columns of one block.
pub(crate) const MAX_COLUMNS: usize = 8_192;
/// With more columns than this, a shape that brings others has to be worth them.
const FREE_COLUMNS: usize = 256;
/// It is after so many records; those before are kept whole.
const MIN_RECORDS: u8 = 4;

const DOCUMENT: u8 = 0x03;
const ARRAY: u8 = 0x04;
const END: u8 = 0;

/// A step in writing a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A type and a key, ended by a NUL.
    Head(Vec<u8>),
    /// A document or array begins.
    Open,
    /// It ends.
    Close,
    /// The next value of this column.
    Value(u32),
}

/// A record without its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    /// For each element its type and its key, ended by a NUL; a document's or array's elements follow it,
    /// ended by a zero.
    pub(super) description: Vec<u8>,
    pub(crate) steps: Vec<Step>,
}

impl Shape {
    /// The columns of its values, in order.
    pub(crate) fn columns(&self) -> impl Iterator<Item = u32> {
        self.steps.iter().filter_map(|step| match step {
            Step::Value(column) => Some(*column),
            _ => None,
        })
    }

    /// The same with only those fields of the record itself whose keys are to be kept.
    pub(crate) fn project(&self, keep: impl Fn(&[u8]) -> bool) -> Self {
        let (mut depth, mut kept) = (0_usize, false);
        let mut steps = Vec::new();
        for step in &self.steps {
            match step {
                Step::Head(head) if depth == 0 => kept = keep(key(head)),
                Step::Open => depth += 1,
                Step::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if kept {
                steps.push(step.clone());
            }
        }
        Self { description: Vec::new(), steps }
    }
}

/// The key between a type and a NUL.
fn key(head: &[u8]) -> &[u8] {
    head.get(1..head.len().saturating_sub(1)).unwrap_or_default()
}

/// The shapes and columns of a block.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_field_names, reason = "the shapes are what it is about")]
pub(crate) struct Shapes {
    pub(crate) shapes: Vec<Shape>,
    pub(crate) keys: Vec<ColumnKey>,
    shape_numbers: HashMap<Vec<u8>, u32>,
    column_numbers: HashMap<ColumnKey, u32>,
    /// The shape that was asked for last: many records are like the one before.
    last: u32,
    /// How often shapes were asked for that are not worth their columns yet, by their fingerprints.
    asked: HashMap<u64, u8>,
}

impl Shapes {
    /// The number of the shape with this description, new or not; `None` where there are too many, or where it
    /// is not worth its columns.
    pub(super) fn number(&mut self, description: &[u8]) -> Option<u32> {
        let last = self.shapes.get(self.last as usize);
        if last.is_some_and(|last| last.description == description) {
            return Some(self.last);
        }
        if let Some(number) = self.shape_numbers.get(description) {
            self.last = *number;
            return Some(*number);
        }
        let columns = self.keys.len();
        let number = self.add(description)?;
        if columns < FREE_COLUMNS || self.keys.len() == columns || self.is_frequent(description) {
            return Some(number);
        }
        self.shapes.pop();
        self.shape_numbers.remove(description);
        self.forget_columns(columns);
        None
    }

    /// Adds a shape; `None` where there are too many shapes or columns, or it is there already.
    fn add(&mut self, description: &[u8]) -> Option<u32> {
        let is_new = !self.shape_numbers.contains_key(description);
        if !is_new || self.shapes.len() >= MAX_SHAPES || description.len() > MAX_SHAPE_BYTES {
            return None;
        }
        let columns = self.keys.len();
        let Some(shape) = self.understand(description) else {
            self.forget_columns(columns);
            return None;
        };
        let number = u32::try_from(self.shapes.len()).ok()?;
        self.shape_numbers.insert(description.to_vec(), number);
        self.shapes.push(shape);
        Some(number)
    }

    /// Whether a description was asked for often enough.
    fn is_frequent(&mut self, description: &[u8]) -> bool {
        let mut hasher = DefaultHasher::new();
        description.hash(&mut hasher);
        let times = self.asked.entry(hasher.finish()).or_default();
        *times = times.saturating_add(1);
        *times >= MIN_RECORDS
    }

    /// Leaves only the first columns.
    fn forget_columns(&mut self, kept: usize) {
        for key in self.keys.drain(kept..) {
            self.column_numbers.remove(&key);
        }
    }

    /// Finds the columns of a description; `None` where it is none, or there are too many columns.
    fn understand(&mut self, description: &[u8]) -> Option<Shape> {
        let mut steps = Vec::new();
        let mut path = Vec::new();
        let mut lengths = Vec::new();
        let mut rest = description;
        while let Some((&bson_type, after)) = rest.split_first() {
            if bson_type == END {
                path.truncate(lengths.pop()?);
                steps.push(Step::Close);
                rest = after;
                continue;
            }
            let key_length = memchr::memchr(0, after)? + 1;
            let (key, after) = after.split_at_checked(key_length)?;
            let written = if bson_type == WHOLE_ARRAY { ARRAY } else { bson_type };
            steps.push(Step::Head([&[written], key].concat()));
            if matches!(bson_type, DOCUMENT | ARRAY) {
                if lengths.len() >= MAX_DEPTH {
                    return None;
                }
                lengths.push(path.len());
                path.extend_from_slice(key);
                steps.push(Step::Open);
            } else {
                let column = ColumnKey { path: [path.as_slice(), key].concat(), bson_type };
                steps.push(Step::Value(self.column(column)?));
            }
            rest = after;
        }
        lengths.is_empty().then(|| Shape { description: description.to_vec(), steps })
    }

    fn column(&mut self, key: ColumnKey) -> Option<u32> {
        if let Some(number) = self.column_numbers.get(&key) {
            return Some(*number);
        }
        if self.keys.len() >= MAX_COLUMNS {
            return None;
        }
        let number = u32::try_from(self.keys.len()).ok()?;
        self.column_numbers.insert(key.clone(), number);
        self.keys.push(key);
        Some(number)
    }

    /// The descriptions, one after another; the columns follow from them.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        varint::write(self.shapes.len() as u64, out);
        for shape in &self.shapes {
            varint::write(shape.description.len() as u64, out);
            out.extend_from_slice(&shape.description);
        }
    }

    /// `None` where the bytes are no shapes.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        let count = cursor.length().filter(|count| *count <= MAX_SHAPES)?;
        let mut shapes = Self::default();
        for _ in 0..count {
            let length = cursor.length()?;
            shapes.add(cursor.take(length)?)?;
        }
        Some(shapes)
    }
}

use crate::convert::length;
use crate::recall::{self, Recall};
use crate::varint::{self, Cursor};

/// From this level of zstd on, size counts more than time.
const THOROUGH_LEVEL: i32 = 10;
/// Fewer numbers are not worth it.
const MIN_VALUES: usize = 64;
/// Of four numbers, at most so many may be new.
const MAX_NEW_OF_FOUR: usize = 3;

/// How long ago each number was there, then the new ones; `None` where that is surely not short.
pub(super) fn encode(values: &[i64], level: i32) -> Option<Vec<u8>> {
    (level >= THOROUGH_LEVEL && values.len() >= MIN_VALUES).then_some(())?;
    let recall = Recall::of(values.iter());
    (recall.new.len() * 4 <= values.len() * MAX_NEW_OF_FOUR).then_some(())?;
    let new: Vec<i64> = recall.new.iter().filter_map(|at| values.get(*at).copied()).collect();
    let numbers = recall.write();
    let mut out = Vec::new();
    varint::write(length(numbers.len()), &mut out);
    out.extend_from_slice(&numbers);
    // New numbers are all different: none of them can be recalled again.
    out.extend_from_slice(&super::sequence(&new, None));
    Some(out)
}

pub(super) fn decode(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let mut cursor = Cursor::new(bytes);
    let length = cursor.length()?;
    let places = recall::read(cursor.take(length)?, count)?;
    // Only what is no recalling itself is read: damaged bytes must not nest.
    let new = cursor.rest();
    (new.first() != Some(&(super::Way::Recalled as u8))).then_some(())?;
    recall::resolve(&places, &super::decode(new, recall::count_new(&places))?)
}

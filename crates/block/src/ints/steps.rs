use super::numbers::{self, Numbers};
use crate::compress;
use crate::convert::length;
use crate::varint::{self, Cursor, unzigzag, zigzag};

/// The least number, then each as its distance from it.
pub(super) fn plain(values: &[i64]) -> Numbers {
    let least = values.iter().min().copied().unwrap_or(0);
    let mut head = Vec::new();
    varint::write(zigzag(least), &mut head);
    let distance = |value: &i64| value.wrapping_sub(least).cast_unsigned();
    Numbers { head, numbers: values.iter().map(distance).collect() }
}

pub(super) fn read_plain(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let mut cursor = Cursor::new(bytes);
    let least = unzigzag(cursor.varint()?);
    let distances = numbers::read(cursor.rest(), count)?;
    let value = |distance: u64| least.wrapping_add(distance.cast_signed());
    Some(distances.into_iter().map(value).collect())
}

/// Each number's step from the one before, the first from 0.
fn steps(values: &[i64]) -> impl Iterator<Item = i64> {
    values.iter().scan(0_i64, |previous, &value| {
        let step = value.wrapping_sub(*previous);
        *previous = value;
        Some(step)
    })
}

fn walk(steps: impl Iterator<Item = i64>) -> Vec<i64> {
    let next = |at: &mut i64, step: i64| {
        *at = at.wrapping_add(step);
        Some(*at)
    };
    steps.scan(0, next).collect()
}

/// The first number, then the steps: back and forth as they are, only forth as their distances from the least.
pub(super) fn first_order(values: &[i64]) -> Numbers {
    let steps: Vec<i64> = steps(values).collect();
    let (first, rest) = steps.split_first().map_or((0, &[][..]), |(first, rest)| (*first, rest));
    let forth = rest.iter().all(|step| *step >= 0);
    let mut head = Vec::new();
    varint::write(zigzag(first), &mut head);
    head.push(u8::from(forth));
    if forth {
        let rest = plain(rest);
        head.extend_from_slice(&rest.head);
        Numbers { head, numbers: rest.numbers }
    } else {
        Numbers { head, numbers: rest.iter().map(|step| zigzag(*step)).collect() }
    }
}

pub(super) fn read_first_order(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let mut cursor = Cursor::new(bytes);
    let first = unzigzag(cursor.varint()?);
    let [forth] = cursor.array()?;
    let more = count.saturating_sub(1);
    let steps = match forth {
        1 => read_plain(cursor.rest(), more)?,
        0 => numbers::read(cursor.rest(), more)?.into_iter().map(unzigzag).collect(),
        _ => return None,
    };
    let mut values = walk(std::iter::once(first).chain(steps));
    values.truncate(count);
    Some(values)
}

/// The changes of the steps.
pub(super) fn second_order(values: &[i64]) -> Numbers {
    let first: Vec<i64> = steps(values).collect();
    Numbers { head: Vec::new(), numbers: steps(&first).map(zigzag).collect() }
}

pub(super) fn read_second_order(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let changes = numbers::read(bytes, count)?;
    let steps = walk(changes.into_iter().map(unzigzag));
    Some(walk(steps.into_iter()))
}

/// Steps as varints, compressed; `None` where that takes `max` bytes or more.
pub(super) fn repeating(values: &[i64], level: i32, max: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for step in steps(values) {
        varint::write(zigzag(step), &mut bytes);
    }
    let mut out = Vec::new();
    varint::write(length(bytes.len()), &mut out);
    compress::shorter(&bytes, level, max.saturating_sub(out.len()), &mut out)?;
    Some(out)
}

pub(super) fn read_repeating(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    const MAX_STEP_BYTES: usize = 10;
    let mut cursor = Cursor::new(bytes);
    let length =
        cursor.length().filter(|length| *length <= count.saturating_mul(MAX_STEP_BYTES))?;
    let raw = compress::decompress(cursor.rest(), length)?;
    let mut cursor = Cursor::new(&raw);
    let steps = (0..count).map(|_| cursor.varint().map(unzigzag)).collect::<Option<Vec<_>>>()?;
    cursor.rest().is_empty().then(|| walk(steps.into_iter()))
}

use crate::entropy::{SequenceReader, SequenceWriter};
use crate::varint::{self, Cursor, unzigzag, zigzag};

/// The context of a number: about how large the one before it was.
fn magnitude(number: u64) -> u8 {
    (64 - number.leading_zeros()).min(31) as u8
}

/// Each number in the context of the one before, where that is shorter than without; the first byte says which.
fn sequence(numbers: &[u64]) -> Vec<u8> {
    let write = |contexts: bool| {
        let mut writer = SequenceWriter::default();
        let mut context = 0;
        for &number in numbers {
            writer.push(context, number);
            context = if contexts { magnitude(number) } else { 0 };
        }
        let mut out = vec![u8::from(contexts)];
        out.extend_from_slice(&writer.finish());
        out
    };
    let (without, with) = (write(false), write(true));
    if with.len() < without.len() { with } else { without }
}

fn read_sequence(bytes: &[u8], count: usize) -> Option<Vec<u64>> {
    let (&contexts, rest) = bytes.split_first()?;
    let mut reader = SequenceReader::new(rest)?;
    let mut numbers = Vec::with_capacity(count);
    let mut context = 0;
    for _ in 0..count {
        let number = reader.number(context);
        context = if contexts == 1 { magnitude(number) } else { 0 };
        numbers.push(number);
    }
    (contexts <= 1 && reader.finish()).then_some(numbers)
}

/// The least number, then each as its distance from it.
pub(super) fn plain(values: &[i64]) -> Vec<u8> {
    let least = values.iter().min().copied().unwrap_or(0);
    let mut out = Vec::new();
    varint::write(zigzag(least), &mut out);
    let distances: Vec<u64> = values.iter().map(|value| value.wrapping_sub(least) as u64).collect();
    out.extend_from_slice(&sequence(&distances));
    out
}

pub(super) fn read_plain(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let mut cursor = Cursor::new(bytes);
    let least = unzigzag(cursor.varint()?);
    let distances = read_sequence(cursor.rest(), count)?;
    Some(distances.into_iter().map(|distance| least.wrapping_add(distance as i64)).collect())
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

/// The first number and the least step, then each step as its distance from that.
pub(super) fn first_order(values: &[i64]) -> Vec<u8> {
    let steps: Vec<i64> = steps(values).collect();
    let (first, rest) = steps.split_first().map_or((0, &[][..]), |(first, rest)| (*first, rest));
    let mut out = Vec::new();
    varint::write(zigzag(first), &mut out);
    // Steps back and forth are better as they are; steps that only go on, as what they are beyond the least.
    let least = rest.iter().min().copied().unwrap_or(0);
    let forth = least >= 0;
    out.push(u8::from(forth));
    if forth {
        out.extend_from_slice(&plain(rest));
    } else {
        let steps: Vec<u64> = rest.iter().map(|step| zigzag(*step)).collect();
        out.extend_from_slice(&sequence(&steps));
    }
    out
}

pub(super) fn read_first_order(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let mut cursor = Cursor::new(bytes);
    let first = unzigzag(cursor.varint()?);
    let [forth] = cursor.array()?;
    let more = count.saturating_sub(1);
    let steps = match forth {
        1 => read_plain(cursor.rest(), more)?,
        0 => read_sequence(cursor.rest(), more)?.into_iter().map(unzigzag).collect(),
        _ => return None,
    };
    let mut values = walk(std::iter::once(first).chain(steps));
    values.truncate(count);
    Some(values)
}

/// The changes of the steps.
pub(super) fn second_order(values: &[i64]) -> Vec<u8> {
    let first: Vec<i64> = steps(values).collect();
    let changes: Vec<u64> = steps(&first).map(zigzag).collect();
    sequence(&changes)
}

pub(super) fn read_second_order(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    let changes = read_sequence(bytes, count)?;
    let steps = walk(changes.into_iter().map(unzigzag));
    Some(walk(steps.into_iter()))
}

/// Steps as varints, compressed.
pub(super) fn repeating(values: &[i64], level: i32) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for step in steps(values) {
        varint::write(zigzag(step), &mut bytes);
    }
    let mut out = Vec::new();
    varint::write(bytes.len() as u64, &mut out);
    out.extend_from_slice(&zstd::bulk::compress(&bytes, level).ok()?);
    Some(out)
}

pub(super) fn read_repeating(bytes: &[u8], count: usize) -> Option<Vec<i64>> {
    const MAX_STEP_BYTES: usize = 10;
    let mut cursor = Cursor::new(bytes);
    let length =
        cursor.length().filter(|length| *length <= count.saturating_mul(MAX_STEP_BYTES))?;
    let raw = zstd::bulk::decompress(cursor.rest(), length).ok()?;
    let mut cursor = Cursor::new(&raw);
    let steps = (0..count).map(|_| cursor.varint().map(unzigzag)).collect::<Option<Vec<_>>>()?;
    cursor.rest().is_empty().then(|| walk(steps.into_iter()))
}

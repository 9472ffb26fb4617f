use super::{SYMBOLS, TOTAL};
use crate::convert::{length, low_two};
use crate::varint::{self, Cursor};

/// How often each symbol is expected, in parts of [`TOTAL`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Model {
    parts: Vec<u16>,
    starts: Vec<u16>,
}

impl Model {
    /// From how often each was seen; `None` where nothing was.
    pub(super) fn of(counts: &[u32]) -> Option<Self> {
        let length = 1 + counts.iter().rposition(|&count| count > 0)?;
        let counts = counts.get(..length)?;
        let sum: u64 = counts.iter().map(|&count| u64::from(count)).sum();
        let part = |count: u32| match u64::from(count) * u64::from(TOTAL) / sum {
            0 => u16::from(count > 0),
            part => u16::try_from(part).unwrap_or(u16::MAX),
        };
        let mut parts: Vec<u16> = counts.iter().map(|&count| part(count)).collect();
        settle(&mut parts, counts);
        Some(Self::from_parts(parts))
    }

    fn from_parts(parts: Vec<u16>) -> Self {
        let starts = parts
            .iter()
            .scan(0_u16, |sum, &part| {
                let start = *sum;
                *sum = sum.wrapping_add(part);
                Some(start)
            })
            .collect();
        Self { parts, starts }
    }

    /// Where the symbol begins in [`TOTAL`], and how much of it is its own.
    pub(super) fn range(&self, symbol: u8) -> (u32, u32) {
        let at = usize::from(symbol);
        let part = |parts: &[u16]| parts.get(at).copied().map_or(0, u32::from);
        (part(&self.starts), part(&self.parts))
    }

    /// The symbols in order, each with its range.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (u8, u32, u32)> {
        let ranges = (0..=u8::MAX).zip(self.starts.iter().zip(&self.parts));
        ranges.map(|(symbol, (&start, &part))| (symbol, u32::from(start), u32::from(part)))
    }

    /// The parts as varints; a zero is followed by how many more zeros come.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        varint::write(length(self.parts.len()), out);
        for run in self.parts.chunk_by(|a, b| *a == 0 && *b == 0) {
            varint::write(run.first().copied().map_or(0, u64::from), out);
            if run.first() == Some(&0) {
                varint::write(length(run.len()) - 1, out);
            }
        }
    }

    /// The inverse of [`Model::write`]; `None` where the bytes are no model.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Option<Self> {
        let length = usize::try_from(cursor.varint()?).ok().filter(|length| *length <= SYMBOLS)?;
        let mut parts: Vec<u16> = Vec::with_capacity(length);
        while parts.len() < length {
            let part = u16::try_from(cursor.varint()?).ok()?;
            parts.push(part);
            if part == 0 {
                let more = usize::try_from(cursor.varint()?).ok()?;
                let end = parts.len().checked_add(more).filter(|end| *end <= length)?;
                parts.resize(end, 0);
            }
        }
        let sum: u32 = parts.iter().map(|&part| u32::from(part)).sum();
        (sum == TOTAL).then(|| Self::from_parts(parts))
    }
}

/// Makes the parts add up to [`TOTAL`], at the cost of the most frequent, who feel it least.
fn settle(parts: &mut [u16], counts: &[u32]) {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(counts.get(at).copied()));
    let mut sum: u32 = parts.iter().map(|&part| u32::from(part)).sum();
    if let Some(most) = order.first().and_then(|&at| parts.get_mut(at))
        && sum < TOTAL
    {
        *most += low_two(TOTAL - sum);
        return;
    }
    while sum > TOTAL {
        for &at in &order {
            if let Some(part) = parts.get_mut(at).filter(|part| **part > 1 && sum > TOTAL) {
                let give = (u32::from(*part) / 8).max(1).min(sum - TOTAL);
                *part -= low_two(give);
                sum -= give;
            }
        }
    }
}

//! Which `_id`s some records have: ObjectIds exactly, as runs of consecutive ones, others by fingerprints. A look-up
//! then reads only the blocks and batches that can hold what is looked for, and no index of ids is kept.

use crate::convert::low_half;
use crate::varint::{self, Cursor};
use std::cmp::Ordering;
use woodpile_record::{RawDocument, name};

/// How an `_id` element begins that holds an ObjectId.
const OBJECT_ID: &[u8] = b"\x07_id\0";

/// The ids of some records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdSummary {
    /// Rising, apart from each other.
    runs: Vec<Run>,
    /// Of ids that are no ObjectIds; rising, each once.
    prints: Vec<u32>,
}

/// Consecutive ObjectIds of one process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    /// An ObjectId's middle: which process made it.
    process: [u8; 5],
    /// Seconds and counter of the first, as one number.
    first: u64,
    /// The last's.
    last: u64,
}

/// The record's `_id` as its BSON element: type, key and value. `None` where it has none.
pub fn id_element(record: &RawDocument) -> Option<&[u8]> {
    const TYPE_AND_NUL: usize = 2;
    let mut start = 4;
    for element in record.iter_elements() {
        let element = element.ok()?;
        let key = element.key().as_str();
        let end = start + TYPE_AND_NUL + key.len() + element.size();
        if key == name::ID {
            return record.as_bytes().get(start..end);
        }
        start = end;
    }
    None
}

impl IdSummary {
    /// Of the ids whose elements these are: see [`id_element`].
    pub fn of<'a>(elements: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut summary = Self::default();
        for element in elements {
            summary.add(element);
        }
        summary.settle();
        summary
    }

    /// Adds an id; [`IdSummary::settle`] has to follow.
    pub(crate) fn add(&mut self, element: &[u8]) {
        match element.strip_prefix(OBJECT_ID).and_then(|id| id.first_chunk::<12>()) {
            Some(id) => self.add_object_id(*id),
            None => self.prints.push(fingerprint(element)),
        }
    }

    fn add_object_id(&mut self, id: [u8; 12]) {
        let [s0, s1, s2, s3, p0, p1, p2, p3, p4, c0, c1, c2] = id;
        let number = u64::from_be_bytes([0, s0, s1, s2, s3, c0, c1, c2]);
        let run = Run { process: [p0, p1, p2, p3, p4], first: number, last: number };
        // Records come mostly in the order of their ids: the last run grows.
        let swallowed = self.runs.last_mut().is_some_and(|last| last.swallow(&run));
        if !swallowed {
            self.runs.push(run);
        }
    }

    /// Brings what was added into order.
    pub(crate) fn settle(&mut self) {
        self.runs.sort_unstable();
        self.runs.dedup_by(|next, run| run.swallow(next));
        self.prints.sort_unstable();
        self.prints.dedup();
    }

    /// Whether an id may be in both: surely not where this is `false`.
    pub fn may_share(&self, other: &Self) -> bool {
        let (few, many) = if self.size() < other.size() { (self, other) } else { (other, self) };
        few.runs.iter().any(|run| many.has_run(run))
            || few.prints.iter().any(|print| many.prints.binary_search(print).is_ok())
    }

    fn size(&self) -> usize {
        self.runs.len() + self.prints.len()
    }

    fn has_run(&self, wanted: &Run) -> bool {
        let compare = |run: &Run| {
            run.process.cmp(&wanted.process).then_with(|| {
                if run.last < wanted.first {
                    Ordering::Less
                } else if run.first > wanted.last {
                    Ordering::Greater
                } else {
                    Ordering::Equal
                }
            })
        };
        self.runs.binary_search_by(compare).is_ok()
    }

    /// As bytes: processes with their runs, then the fingerprints, all as differences.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let by_process = || self.runs.chunk_by(|a, b| a.process == b.process);
        varint::write(by_process().count() as u64, &mut out);
        for runs in by_process() {
            out.extend_from_slice(&runs[0].process);
            varint::write(runs.len() as u64, &mut out);
            let mut previous = 0;
            for run in runs {
                varint::write(run.first - previous, &mut out);
                varint::write(run.last - run.first, &mut out);
                previous = run.last;
            }
        }
        let mut previous = 0;
        for &print in &self.prints {
            varint::write(u64::from(print - previous), &mut out);
            previous = print;
        }
        out
    }

    /// From bytes; `None` where they are none of [`IdSummary::encode`].
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        let mut summary = Self::default();
        for _ in 0..cursor.varint()? {
            let process = cursor.array()?;
            let mut previous = 0_u64;
            for _ in 0..cursor.varint()? {
                let first = previous.checked_add(cursor.varint()?)?;
                let last = first.checked_add(cursor.varint()?)?;
                summary.runs.push(Run { process, first, last });
                previous = last;
            }
        }
        let mut previous = 0_u64;
        while !cursor.rest().is_empty() {
            previous = previous.checked_add(cursor.varint()?)?;
            summary.prints.push(u32::try_from(previous).ok()?);
        }
        Some(summary)
    }
}

impl Run {
    /// Takes in `next`, where it overlaps or follows at once.
    fn swallow(&mut self, next: &Run) -> bool {
        let joins =
            self.process == next.process && next.first >= self.first && next.first <= self.last + 1;
        if joins {
            self.last = self.last.max(next.last);
        }
        joins
    }
}

/// FNV-1a of 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>) folded to 32. It is in blocks and files: it
/// never changes.
fn fingerprint(bytes: &[u8]) -> u32 {
    const OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01B3;
    let hash =
        bytes.iter().fold(OFFSET, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    low_half(hash ^ (hash >> 32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn object_id(second: u32, process: u8, counter: u32) -> Vec<u8> {
        let mut element = OBJECT_ID.to_vec();
        element.extend(second.to_be_bytes());
        element.extend([process; 5]);
        element.extend(&counter.to_be_bytes()[1..]);
        element
    }

    fn text_id(text: &str) -> Vec<u8> {
        [b"\x02_id\0", text.as_bytes()].concat()
    }

    fn summary(elements: &[Vec<u8>]) -> IdSummary {
        IdSummary::of(elements.iter().map(Vec::as_slice))
    }

    #[test]
    fn a_thousand_consecutive_ids_take_few_bytes() {
        let ids: Vec<Vec<u8>> =
            (1..=1_000).map(|counter| object_id(1_700_000_000, 7, counter)).collect();
        assert!(summary(&ids).encode().len() < 24);
    }

    #[test]
    fn only_what_is_there_is_shared() {
        let held =
            summary(&[object_id(9, 1, 5), object_id(9, 1, 6), object_id(3, 2, 1), text_id("a")]);
        let shares = |id: Vec<u8>| summary(&[id]).may_share(&held);
        assert!(shares(object_id(9, 1, 6)));
        assert!(shares(object_id(3, 2, 1)));
        assert!(shares(text_id("a")));
        assert!(!shares(object_id(9, 1, 7)));
        assert!(!shares(object_id(9, 2, 5)));
        assert!(!shares(text_id("b")));
    }

    #[test]
    fn broken_bytes_are_no_summary() {
        assert_eq!(IdSummary::decode(&[]), None);
        assert_eq!(IdSummary::decode(&[3, 1, 2]), None);
        assert_eq!(IdSummary::decode(&[0xFF; 30]), None);
    }

    #[test]
    fn the_fingerprint_is_what_files_hold() {
        assert_eq!(fingerprint(b""), 0x4FD0_BFC1);
        assert_eq!(fingerprint(b"woodpile"), 0x9000_D1CB);
    }

    fn ids() -> impl Strategy<Value = Vec<Vec<u8>>> {
        let object_ids = (0..3_u32, 0..3_u8, 0..40_u32).prop_map(|(s, p, c)| object_id(s, p, c));
        let id = prop_oneof![object_ids, "[a-d]{1,2}".prop_map(|text| text_id(&text))];
        proptest::collection::vec(id, 0..60)
    }

    proptest! {
        #[test]
        fn encode_and_decode_are_inverse(ids in ids()) {
            let summary = summary(&ids);
            prop_assert_eq!(IdSummary::decode(&summary.encode()), Some(summary));
        }

        #[test]
        fn sharing_is_exact_for_few_ids(a in ids(), b in ids()) {
            let shared = a.iter().any(|id| b.contains(id));
            prop_assert_eq!(summary(&a).may_share(&summary(&b)), shared);
        }
    }
}

//! The distinct combinations of a unit's columns, each once.

use super::budget::Budget;
use crate::convert::length;
use crate::entropy::{SequenceMeter, SequenceReader, SequenceWriter, Sink};
use crate::varint::{self, Cursor};

/// The value that the parent's value was last seen with.
const HIT: u64 = 0;
/// Not seen before: the next id.
const NEW: u64 = 1;
/// Any other: this, and the id.
const OTHER: u64 = 2;

/// So many combinations tell which member is the best parent of another.
const TRIED_TUPLES: usize = 2_048;

/// A table of combinations: `columns[member][tuple]`. The ids of each member are numbered as they first occur.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tuples {
    pub(super) columns: Vec<Vec<u32>>,
}

impl Tuples {
    pub(super) fn len(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        varint::write(length(self.len()), out);
        for member in 0..self.columns.len() {
            let size = |parent: &usize| {
                let mut meter = SequenceMeter::default();
                self.put_member(member, *parent, TRIED_TUPLES, &mut meter);
                meter.size()
            };
            let parent = (0..member.max(1)).min_by_key(size).unwrap_or(0);
            let mut writer = SequenceWriter::default();
            self.put_member(member, parent, usize::MAX, &mut writer);
            let bytes = writer.finish();
            varint::write(length(parent), out);
            varint::write(length(bytes.len()), out);
            out.extend_from_slice(&bytes);
        }
    }

    /// A member's first values, so many, each expected to be what its parent's value was last seen with. The first member
    /// has no parent.
    fn put_member(&self, member: usize, parent: usize, most: usize, sink: &mut impl Sink) {
        let values = self.columns.get(member).map(Vec::as_slice).unwrap_or_default();
        let parents = self.columns.get(parent).filter(|_| parent < member);
        let mut memory = Memory::default();
        for (at, &value) in values.iter().enumerate().take(most) {
            let key = parents.and_then(|parents| parents.get(at)).copied();
            let (context, number) = memory.number(key, value);
            sink.number(context, number);
            memory.learn(key, value);
        }
    }

    /// Reads a table of so many members and combinations.
    pub(super) fn read(
        cursor: &mut Cursor<'_>,
        members: usize,
        combinations: u32,
        budget: &mut Budget,
    ) -> Option<Self> {
        let length = cursor.length().filter(|length| *length == combinations as usize)?;
        budget.take(length.checked_mul(members)?)?;
        let mut columns: Vec<Vec<u32>> = Vec::with_capacity(members);
        for member in 0..members {
            let parent = cursor.length()?;
            let size = cursor.length()?;
            let mut reader = SequenceReader::new(cursor.take(size)?)?;
            let mut memory = Memory::default();
            let mut values = Vec::with_capacity(length);
            for at in 0..length {
                let key = columns.get(parent).filter(|_| parent < member);
                let key = key.and_then(|parents| parents.get(at)).copied();
                let value = memory.value(key, reader.number(memory.context(key)))?;
                memory.learn(key, value);
                values.push(value);
            }
            if !reader.finish() {
                return None;
            }
            columns.push(values);
        }
        Some(Self { columns })
    }

    /// The ids of one member for rows that name their combinations.
    pub(super) fn member(&self, member: usize, rows: &[u32]) -> Option<Vec<u32>> {
        let values = self.columns.get(member)?;
        rows.iter().map(|&row| values.get(row as usize).copied()).collect()
    }
}

/// What was seen so far of one member.
#[derive(Default)]
struct Memory {
    next: u32,
    /// What each value of the parent was last seen with: these are numbered as they first occur.
    last: Vec<u32>,
}

impl Memory {
    fn expected(&self, key: Option<u32>) -> Option<u32> {
        self.last.get(key? as usize).copied()
    }

    fn context(&self, key: Option<u32>) -> u8 {
        match key {
            None => 0,
            Some(_) if self.expected(key).is_some() => 1,
            Some(_) => 2,
        }
    }

    fn number(&self, key: Option<u32>, value: u32) -> (u8, u64) {
        let number = match value {
            value if self.expected(key) == Some(value) => HIT,
            value if value >= self.next => NEW,
            value => OTHER + u64::from(value),
        };
        (self.context(key), number)
    }

    fn value(&self, key: Option<u32>, number: u64) -> Option<u32> {
        match number {
            HIT => self.expected(key),
            NEW => Some(self.next),
            other => u32::try_from(other - OTHER).ok().filter(|value| *value < self.next),
        }
    }

    fn learn(&mut self, key: Option<u32>, value: u32) {
        self.next = self.next.max(value.saturating_add(1));
        let Some(key) = key.map(|key| key as usize) else { return };
        match self.last.get_mut(key) {
            Some(last) => *last = value,
            None => self.last.push(value),
        }
    }
}

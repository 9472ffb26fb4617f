//! The distinct combinations of a unit's columns, each once.

use super::budget::Budget;
use crate::convert::length;
use crate::entropy::{SequenceReader, SequenceWriter, Sink};
use crate::varint::{self, Cursor};
use std::collections::HashMap;

/// The value that the parent's value was last seen with.
const HIT: u64 = 0;
/// Not seen before: the next id.
const NEW: u64 = 1;
/// Any other: this, and the id.
const OTHER: u64 = 2;

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
            let written =
                (0..member.max(1)).map(|parent| (parent, self.write_member(member, parent)));
            let Some((parent, bytes)) = written.min_by_key(|(_, bytes)| bytes.len()) else {
                continue;
            };
            varint::write(length(parent), out);
            varint::write(length(bytes.len()), out);
            out.extend_from_slice(&bytes);
        }
    }

    /// A member's values, each expected to be what its parent's value was last seen with. The first member
    /// has no parent.
    fn write_member(&self, member: usize, parent: usize) -> Vec<u8> {
        let empty = Vec::new();
        let values = self.columns.get(member).unwrap_or(&empty);
        let parents = self.columns.get(parent).filter(|_| parent < member);
        let mut writer = SequenceWriter::default();
        let mut memory = Memory::default();
        for (at, &value) in values.iter().enumerate() {
            let key = parents.and_then(|parents| parents.get(at)).copied();
            let (context, number) = memory.number(key, value);
            writer.number(context, number);
            memory.learn(key, value);
        }
        writer.finish()
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
    last: HashMap<u32, u32>,
}

impl Memory {
    fn context(&self, key: Option<u32>) -> u8 {
        match key {
            None => 0,
            Some(key) if self.last.contains_key(&key) => 1,
            Some(_) => 2,
        }
    }

    fn number(&self, key: Option<u32>, value: u32) -> (u8, u64) {
        let expected = key.and_then(|key| self.last.get(&key)).copied();
        let number = match value {
            value if expected == Some(value) => HIT,
            value if value >= self.next => NEW,
            value => OTHER + u64::from(value),
        };
        (self.context(key), number)
    }

    fn value(&self, key: Option<u32>, number: u64) -> Option<u32> {
        match number {
            HIT => key.and_then(|key| self.last.get(&key)).copied(),
            NEW => Some(self.next),
            other => u32::try_from(other - OTHER).ok().filter(|value| *value < self.next),
        }
    }

    fn learn(&mut self, key: Option<u32>, value: u32) {
        self.next = self.next.max(value.saturating_add(1));
        if let Some(key) = key {
            self.last.insert(key, value);
        }
    }
}

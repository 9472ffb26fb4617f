use super::budget::Budget;
use super::successors::Successors;
use crate::convert::length;
use crate::varint::{self, Cursor};

/// How a unit is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mode {
    /// One value only: nothing is written.
    Constant,
    /// See [`alone`](super::alone).
    Alone { with_context: bool },
    /// See [`recent`](super::recent).
    Recent,
    /// See [`repeats`](super::repeats); the key is a unit.
    Repeats { key: usize },
    /// See [`follows`](super::follows).
    Follows { key: usize, successors: Successors },
}

const CONSTANT: u8 = 0;
const ALONE: u8 = 1;
const ALONE_IN_CONTEXT: u8 = 2;
const RECENT: u8 = 3;
const REPEATS: u8 = 4;
const FOLLOWS: u8 = 5;

impl Mode {
    /// The unit whose rows are needed to read this one's.
    pub(super) fn key(&self) -> Option<usize> {
        match self {
            Self::Repeats { key } | Self::Follows { key, .. } => Some(*key),
            Self::Constant | Self::Alone { .. } | Self::Recent => None,
        }
    }

    /// The numbers that a reader keeps of it.
    pub(super) fn cells(&self) -> usize {
        match self {
            Self::Follows { successors, .. } => successors.cells(),
            _ => 0,
        }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Constant => out.push(CONSTANT),
            Self::Alone { with_context: false } => out.push(ALONE),
            Self::Alone { with_context: true } => out.push(ALONE_IN_CONTEXT),
            Self::Recent => out.push(RECENT),
            Self::Repeats { key } => {
                out.push(REPEATS);
                varint::write(length(*key), out);
            }
            Self::Follows { key, successors } => {
                out.push(FOLLOWS);
                varint::write(length(*key), out);
                let successors = successors.write();
                varint::write(length(successors.len()), out);
                out.extend_from_slice(&successors);
            }
        }
    }

    /// Reads the mode of a unit of so many combinations, among so many units.
    pub(super) fn read(
        cursor: &mut Cursor<'_>,
        distinct: u32,
        units: usize,
        budget: &mut Budget,
    ) -> Option<Self> {
        let [mode] = cursor.array()?;
        let mut key = || cursor.length().filter(|key| *key < units);
        Some(match mode {
            CONSTANT => Self::Constant,
            ALONE => Self::Alone { with_context: false },
            ALONE_IN_CONTEXT => Self::Alone { with_context: true },
            RECENT => Self::Recent,
            REPEATS => Self::Repeats { key: key()? },
            FOLLOWS => {
                let key = key()?;
                let length = cursor.length()?;
                let successors = Successors::read(cursor.take(length)?, distinct, budget)?;
                Self::Follows { key, successors }
            }
            _ => return None,
        })
    }
}

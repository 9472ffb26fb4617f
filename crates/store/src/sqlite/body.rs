//! A batch or a block that is open: its parts, which decode alone.

use super::batch::{Stored, Unread};
use super::block::{self, Pooled};
use super::file::Readers;
use super::frame::{Unpacker, documents};
use super::span::Rest;
use rusqlite::Connection;
use woodpile_block::{Block, BlockError, Group};
use woodpile_record::Batch;

/// Where the records of a cursor come from.
pub(super) enum Body<'s> {
    /// Frame by frame.
    Hot(Stored),
    /// Group by group.
    Packed { id: i64, groups: Vec<Group>, block: Box<Block<Pooled<'s>>> },
}

/// What is known of a frame or a group before it is unpacked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) index: usize,
    pub(super) records: u64,
    pub(super) first: i64,
    pub(super) last: i64,
}

impl<'s> Body<'s> {
    pub(super) fn open(
        rest: Rest,
        connection: &Connection,
        readers: &'s Readers,
    ) -> Result<Self, Unread> {
        match rest {
            Rest::Hot(id) => Stored::open(connection, id)?.map(Self::Hot).ok_or(Unread::Gone),
            Rest::Packed(id) => {
                let block = Block::open(Pooled { readers, id })
                    .map_err(|error| unread(connection, id, &error))?;
                Ok(Self::Packed { id, groups: block.groups().collect(), block: Box::new(block) })
            }
        }
    }

    pub(super) fn parts(&self) -> usize {
        match self {
            Self::Hot(stored) => stored.frames.len(),
            Self::Packed { groups, .. } => groups.len(),
        }
    }

    pub(super) fn part(&self, index: usize) -> Option<Part> {
        match self {
            Self::Hot(stored) => stored.frames.get(index).map(|frame| Part {
                index,
                records: frame.records,
                first: frame.first,
                last: frame.last,
            }),
            Self::Packed { groups, .. } => groups.get(index).map(|group| Part {
                index,
                records: group.records as u64,
                first: group.first,
                last: group.last,
            }),
        }
    }

    /// The records of a part.
    pub(super) fn read(
        &self,
        part: &Part,
        connection: &Connection,
        unpacker: &mut Unpacker,
    ) -> Result<Batch, Unread> {
        match self {
            Self::Hot(stored) => match stored.frames.get(part.index) {
                Some(frame) => Ok(documents(stored.read(connection, frame, unpacker)?).collect()),
                None => Ok(Batch::new()),
            },
            Self::Packed { id, block, .. } => {
                block.unpack(part.index).map_err(|error| unread(connection, *id, &error))
            }
        }
    }
}

/// What an error of a block means: most of all whether the block is there at all.
pub(super) fn unread(connection: &Connection, id: i64, error: &BlockError) -> Unread {
    match block::exists(connection, id) {
        Ok(true) => Unread::Damaged(error.to_string()),
        Ok(false) => Unread::Gone,
        Err(error) => error.into(),
    }
}

//! A batch or a block that is open: its parts, which decode alone.

use super::batch::{Stored, Unread};
use super::block::{self, Pooled};
use super::file::Readers;
use super::frame::Unpacker;
use super::span::Rest;
use rusqlite::Connection;
use std::borrow::Cow;
use woodpile_block::{Block, BlockError, Group};

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

    /// The records of a part, as concatenated BSON.
    pub(super) fn read<'u>(
        &self,
        part: &Part,
        connection: &Connection,
        unpacker: &'u mut Unpacker,
    ) -> Result<Cow<'u, [u8]>, Unread> {
        match self {
            Self::Hot(stored) => match stored.frames.get(part.index) {
                Some(frame) => stored.read(connection, frame, unpacker).map(Cow::Borrowed),
                None => Ok(Cow::Borrowed(&[])),
            },
            Self::Packed { id, block, .. } => match block.unpack(part.index) {
                Ok(batch) => Ok(Cow::Owned(batch.as_bytes().to_vec())),
                Err(error) => Err(unread(connection, *id, &error)),
            },
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

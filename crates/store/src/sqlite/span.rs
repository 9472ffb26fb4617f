//! What a reader has to open, as it was listed at one instant.

use super::block;
use super::table::{self, Header};
use crate::{Finding, Order, Prune};
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Where records rest that are read together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// A batch, by its row's id.
    Hot(i64),
    /// A block, by its id.
    Packed(i64),
}

impl std::fmt::Display for Rest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Hot(id) => write!(f, "batch {id}"),
            Self::Packed(id) => write!(f, "block {id}"),
        }
    }
}

/// A batch or a block that is still to be opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) rest: Rest,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) records: u64,
}

impl Span {
    pub(super) fn is_packed(&self) -> bool {
        matches!(self.rest, Rest::Packed(_))
    }
}

/// What is read.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) collection: String,
    pub(super) prune: Prune,
    pub(super) order: Order,
    /// Whether blocks are read, too.
    pub(super) packed: bool,
}

/// The batches and blocks that are wanted, in the order in which they have to be opened.
pub(super) fn list(
    connection: &Connection,
    wanted: &Wanted,
) -> rusqlite::Result<(Vec<Span>, Vec<Finding>)> {
    let Wanted { collection, prune, order, packed } = wanted;
    // What moves from one table to the other meanwhile is in exactly one of both.
    let snapshot = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    let mut spans = Vec::new();
    let Some(collection) = table::find_collection(&snapshot, collection)? else {
        return Ok((spans, Vec::new()));
    };
    let mut damage = table::headers(&snapshot, |header: Header| {
        if header.collection == collection && prune.overlaps(header.first, header.last) {
            let Header { id, first, last, records, .. } = header;
            spans.push(Span { rest: Rest::Hot(id), first, last, records });
        }
    })?;
    if *packed {
        damage.extend(block::heads(&snapshot, |head| {
            if head.collection == collection && prune.overlaps(head.first, head.last) {
                let block::Head { id, first, last, records, .. } = head;
                spans.push(Span { rest: Rest::Packed(id), first, last, records });
            }
        })?);
    }
    match order {
        Order::OldestFirst => spans.sort_by_key(|span| span.first),
        Order::NewestFirst => spans.sort_by_key(|span| std::cmp::Reverse(span.last)),
    }
    Ok((spans, damage))
}

/// How many of some spans are open at once, at most.
pub(super) fn most_open<'s>(spans: impl Iterator<Item = &'s Span> + Clone) -> usize {
    let mut starts: Vec<i64> = spans.clone().map(|span| span.first).collect();
    let mut ends: Vec<i64> = spans.map(|span| span.last).collect();
    starts.sort_unstable();
    ends.sort_unstable();
    let mut ended = 0;
    let open_at = |(started, start): (usize, &i64)| {
        ended += ends[ended..].iter().take_while(|end| *end < start).count();
        started + 1 - ended
    };
    starts.iter().enumerate().map(open_at).max().unwrap_or(0)
}

//! The neighbours of what matches.

use super::plan::Plan;
use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use woodpile_record::RawDocument;
use woodpile_search::{Search, Watch};
use woodpile_store::Order;

/// So many of the rows that were given last are remembered: matches that are neighbours are nearer than that.
const MAX_REMEMBERED: usize = 65_536;

/// A row that is printed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picked<'a> {
    /// The collection's place among those that are searched.
    pub(super) collection: usize,
    pub(super) document: &'a RawDocument,
    /// The rows of a group follow each other where they came from.
    pub(super) group: u64,
}

/// Takes what is picked.
pub(super) type Emit<'e> = &'e mut dyn FnMut(Picked<'_>) -> anyhow::Result<()>;

/// Gives each match with its neighbours, in the order of reading, and no row twice.
pub(super) struct Around<'p> {
    search: &'p Search,
    order: Order,
    /// How many rows before a match are given, in the order of reading.
    behind: usize,
    /// How many after it.
    ahead: usize,
    given: Given,
    group: u64,
}

/// Rows that were given, told by a hash.
#[derive(Default)]
struct Given {
    hashes: HashSet<u64>,
    in_order: VecDeque<u64>,
    hasher: RandomState,
}

impl<'p> Around<'p> {
    pub(super) fn new(plan: &Plan, search: &'p Search) -> Self {
        let order = plan.order();
        let (behind, ahead) = match order {
            Order::OldestFirst => (plan.before, plan.after),
            Order::NewestFirst => (plan.after, plan.before),
        };
        Self { search, order, behind, ahead, given: Given::default(), group: 0 }
    }

    /// Gives a match and its neighbours.
    pub(super) fn take(
        &mut self,
        (number, name): (usize, &str),
        record: &RawDocument,
        emit: Emit<'_>,
    ) -> anyhow::Result<()> {
        if self.behind + self.ahead == 0 {
            return emit(Picked { collection: number, document: record, group: 0 });
        }
        // The farthest tells only whether the next one follows what was given before.
        let near =
            |order, count| self.search.neighbours(name, record, (order, count), &Watch::default());
        let (behind, ahead) =
            (near(reverse(self.order), self.behind + 1)?, near(self.order, self.ahead)?);
        let rows = behind.iter().rev().chain([record]).chain(ahead.iter());
        let mut before = None;
        for (index, document) in rows.enumerate() {
            let hash = self.given.hash(number, document);
            let is_wanted = index > 0 || behind.len() <= self.behind;
            if is_wanted && !self.given.has(hash) {
                if self.given.last() != before {
                    self.group += 1;
                }
                self.given.add(hash);
                emit(Picked { collection: number, document, group: self.group })?;
            }
            before = Some(hash);
        }
        Ok(())
    }
}

impl Given {
    fn hash(&self, collection: usize, document: &RawDocument) -> u64 {
        self.hasher.hash_one((collection, document.as_bytes()))
    }

    fn has(&self, hash: u64) -> bool {
        self.hashes.contains(&hash)
    }

    fn last(&self) -> Option<u64> {
        self.in_order.back().copied()
    }

    fn add(&mut self, hash: u64) {
        if self.in_order.len() == MAX_REMEMBERED
            && let Some(oldest) = self.in_order.pop_front()
        {
            self.hashes.remove(&oldest);
        }
        self.in_order.push_back(hash);
        self.hashes.insert(hash);
    }
}

fn reverse(order: Order) -> Order {
    match order {
        Order::OldestFirst => Order::NewestFirst,
        Order::NewestFirst => Order::OldestFirst,
    }
}

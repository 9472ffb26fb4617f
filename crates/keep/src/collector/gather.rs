//! From the queue into the portion that is being gathered.

use super::Collector;
use crate::counters::add;
use crate::portion::Portion;
use crate::queue::{CLOSED, RECORD_OVERHEAD};
use crate::{Settings, clock};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

impl Collector {
    /// Takes what is in the queue, as far as it fits the next portion.
    pub(super) fn take(&mut self) {
        let Self { shared, next, known, urgent, .. } = self;
        *urgent |= shared.queue.urgent.swap(false, Ordering::Acquire);
        if !has_room(next, &shared.settings) {
            return;
        }
        let before = next.count();
        shared.queue.take(|item| {
            let number = usize::try_from(item.collection).unwrap_or(usize::MAX);
            if number >= known.len() {
                *known = shared.standing.collections.all();
            }
            next.push(&known[number].name, item.record.as_document());
            shared.queue.give_back(item.record.into_bytes());
            has_room(next, &shared.settings)
        });
        add(&shared.standing.tallies.taken, next.count() - before);
    }

    /// Whether another record fits the next portion.
    pub(super) fn next_has_room(&self) -> bool {
        has_room(&self.next, &self.shared.settings)
    }

    /// Whether the next portion should go: it is large enough, waited long enough, or somebody waits.
    pub(super) fn is_ripe(&self, now: Instant) -> bool {
        !self.next.is_empty() && (self.is_hurried() || self.is_large() || self.has_lingered(now))
    }

    fn is_hurried(&self) -> bool {
        self.urgent || !self.waiting.is_empty() || self.shared.queue.is(CLOSED)
    }

    fn is_large(&self) -> bool {
        let cost = self.next.bytes() + self.next.records() * RECORD_OVERHEAD;
        cost >= self.shared.queue.wake_at() || !self.next_has_room()
    }

    fn has_lingered(&self, now: Instant) -> bool {
        now >= clock::after(self.last_placed, self.shared.settings.linger)
    }

    /// The next portion, complete; a new one is begun.
    pub(super) fn place_next(&mut self, now: Instant) -> Arc<Portion> {
        self.last_placed = now;
        self.urgent = false;
        Arc::new(std::mem::take(&mut self.next))
    }
}

fn has_room(portion: &Portion, settings: &Settings) -> bool {
    portion.records() < settings.batch_records.max(1)
        && (portion.is_empty() || portion.bytes() < settings.batch_bytes)
}

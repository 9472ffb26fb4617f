//! Who waits for what, and when that is so.

use super::losses::Which;
use super::{Collector, Waiting};
use crate::Flushed;
use crate::counters::get;
use crate::queue::CLOSED;
use crate::spooling::Spooling;
use std::time::Instant;

impl Collector {
    /// Sees the flushes that came; each waits for what is in the queue now and before.
    pub(super) fn receive_flushes(&mut self, now: Instant) {
        let tickets = self.shared.tickets.take();
        if !tickets.is_empty() {
            self.link.hurry(now);
        }
        self.report_losses(match tickets.is_empty() {
            _ if self.shared.queue.is(CLOSED) => Which::All,
            true => Which::Due,
            false => Which::Awaited,
        });
        let queued = u64::try_from(self.shared.queue.len()).unwrap_or(u64::MAX);
        let taken = get(&self.shared.standing.tallies.taken) + queued;
        self.waiting.extend(tickets.into_iter().map(|ticket| Waiting {
            ticket,
            taken,
            spooled: None,
        }));
    }

    /// Answers the flushes whose records are all durable.
    pub(super) fn answer_flushes(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let taken = get(&self.shared.standing.tallies.taken);
        let durable = taken - self.in_memory();
        // Senders that make room take from the queue, too: an empty one owes nothing.
        let all_taken = self.shared.queue.len() == 0;
        let Self { waiting, spooling, shared, .. } = self;
        waiting.retain_mut(|flush| {
            let until = if all_taken { flush.taken.min(taken) } else { flush.taken };
            if durable < until {
                return true;
            }
            let answer = flush.rest_in(spooling.as_ref(), shared.settings.spool_lasts);
            // Who asked may have given up.
            answer.is_none_or(|answer| {
                let _ = flush.ticket.reply.try_send(answer);
                false
            })
        });
    }
}

impl Waiting {
    /// Where its records are, now that none is in memory; `None` while that is not durable.
    fn rest_in(&mut self, spooling: Option<&Spooling>, spool_lasts: bool) -> Option<Flushed> {
        let Some(spooling) = spooling else { return Some(Flushed::Stored) };
        let mark = *self.spooled.get_or_insert(spooling.put_so_far());
        if spooling.is_empty() || spooling.removed_so_far() >= mark {
            Some(Flushed::Stored)
        } else {
            spool_lasts.then_some(Flushed::Spooled)
        }
    }
}

//! What was dropped is told at once, and becomes a record when there is room again.

use super::Collector;
use crate::collection::Collection;
use crate::counters::add;
use crate::report::Loss;
use crate::{DropReason, Notice, clock};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A loss is reported when nothing more was lost for so long,
pub(super) const QUIET: Duration = Duration::from_secs(1);
/// or, if it goes on, when it has gone on for so long.
const GOING_ON: Duration = Duration::from_secs(10);

/// What rules drop is reported so often: it is as the owner wants it.
pub(super) const RULED_EVERY: Duration = Duration::from_hours(1);

/// Which losses are reported now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that are due.
    Due,
    /// Those of which somebody waits for the end, too.
    Awaited,
    /// All, for nobody will report them later.
    All,
}

impl Collector {
    /// Reports what was lost.
    pub(super) fn report_losses(&mut self, which: Which) {
        self.losing |= self.shared.losing.swap(false, Ordering::Acquire);
        if !self.losing && !self.ruling {
            return;
        }
        (self.losing, self.ruling) = (false, false);
        let now = clock::event_time().millis();
        for collection in self.shared.standing.collections.all() {
            for loss in collection.losses() {
                self.tell_of_loss(&collection, &loss);
                if which.takes(&loss, now) && self.can_report() {
                    self.report(&collection, &loss);
                } else if loss.reason == DropReason::Rule {
                    self.ruling = true;
                } else {
                    self.losing = true;
                }
            }
        }
    }

    /// A report must not take the place of a record that could be kept.
    fn can_report(&self) -> bool {
        let spool = self.spooling.as_ref().is_some_and(|spooling| spooling.retry_at().is_none());
        self.next_has_room() && (spool || !self.link.is_away())
    }

    fn report(&mut self, collection: &Collection, loss: &Loss) {
        let record = self.reporter.report(loss);
        self.next.push(&collection.name, record.as_document());
        add(&self.shared.standing.tallies.taken, 1);
        collection.reported(loss);
        self.told.retain(|(name, reason)| *name != collection.name || *reason != loss.reason);
    }

    fn tell_of_loss(&mut self, collection: &Collection, loss: &Loss) {
        let told = self
            .told
            .iter()
            .any(|(name, reason)| *name == collection.name && *reason == loss.reason);
        // What the store refused is told with its reason when that happens.
        if told || loss.reason == DropReason::Rejected {
            return;
        }
        self.told.push((Arc::clone(&collection.name), loss.reason));
        let collection = collection.name.to_string();
        self.link.tell(&Notice::Dropping { collection, reason: loss.reason });
    }
}

impl Which {
    fn takes(self, loss: &Loss, now: i64) -> bool {
        match self {
            Self::All => true,
            Self::Awaited if loss.reason != DropReason::Rule => true,
            Self::Awaited | Self::Due => is_due(loss, now),
        }
    }
}

fn is_due(loss: &Loss, now: i64) -> bool {
    let passed = |since: i64, wait: Duration| u128::from(now.abs_diff(since)) >= wait.as_millis();
    if loss.reason == DropReason::Rule {
        return passed(loss.first, RULED_EVERY);
    }
    passed(loss.last, QUIET) || passed(loss.first, GOING_ON)
}

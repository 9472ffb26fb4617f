use super::delivery::{Answer, Outcome, Parcel};
use super::traffic::{Refusals, Traffic};
use super::{IntakeSettings, Receipt, Refused};
use crate::backlog::Backlog;
use crate::counters::add;
use crate::packer::Writers;
use crate::standing::Standing;
use crate::{DropReason, clock};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::Instant;

/// Where deliveries wait to be seen, and what those who deliver and the intake's threads have in common.
pub(super) struct Lobby {
    pub(super) settings: IntakeSettings,
    pub(super) standing: Arc<Standing>,
    inside: Mutex<Inside>,
    desk: OnceLock<Thread>,
}

#[derive(Default)]
struct Inside {
    /// Not yet seen at the desk.
    came: Vec<Parcel>,
    /// Under way, those at the desk included.
    bytes: usize,
    deliveries: usize,
    closed: bool,
    abandoned: bool,
    /// Records that were ever delivered, and of them those that were refused.
    sent: u64,
    refused: u64,
    accepted: u64,
    refusals: Refusals,
    commits: u64,
}

impl Lobby {
    pub(super) fn new(settings: IntakeSettings) -> Self {
        let backlog = Backlog::new(settings.max_backlog_bytes);
        let standing = Arc::new(Standing::new(settings.retry, settings.rules, backlog));
        Self { settings, standing, inside: Mutex::default(), desk: OnceLock::new() }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Names the thread that sees to deliveries.
    pub(super) fn served_by(&self, desk: Thread) {
        self.standing.backlog.written_by(desk.clone());
        let _ = self.desk.set(desk);
    }

    fn wake(&self) {
        if let Some(desk) = self.desk.get() {
            desk.unpark();
        }
    }

    /// Lets a delivery in, or refuses it.
    pub(super) fn admit(&self, parcel: Parcel) {
        let mut inside = self.inside();
        inside.enter(&parcel);
        let refused = inside.refuses(&self.settings);
        if let Some(refused) = refused {
            drop(inside);
            let Parcel { answer, records, bytes, .. } = parcel;
            return self.answer(answer, (records, bytes), Err(refused));
        }
        inside.came.push(parcel);
        drop(inside);
        self.wake();
    }

    /// What came since the last time, in order.
    pub(super) fn take(&self) -> Vec<Parcel> {
        std::mem::take(&mut self.inside().came)
    }

    /// Tells who waits what became of so many records and bytes; that is counted before.
    pub(super) fn answer(&self, answer: Answer, weight: (u64, usize), outcome: Outcome) {
        if let Ok(receipt) = &outcome {
            self.count(receipt);
        }
        self.inside().leave(weight, &outcome);
        answer.give(outcome);
    }

    fn count(&self, receipt: &Receipt) {
        self.standing.count(DropReason::Rule, receipt.dropped);
        self.standing.count(DropReason::Rejected, receipt.rejected);
        add(&self.standing.tallies.masked, receipt.masked);
    }

    pub(super) fn count_commit(&self) {
        self.inside().commits += 1;
    }

    /// Nothing more is let in.
    pub(super) fn close(&self) {
        self.inside().closed = true;
        self.wake();
    }

    /// What is under way is given up.
    pub(super) fn abandon(&self) {
        self.inside().abandoned = true;
        self.wake();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.inside().closed
    }

    /// Whether nothing is here, and nothing more will come.
    pub(super) fn is_empty_for_good(&self) -> bool {
        let inside = self.inside();
        inside.closed && inside.came.is_empty()
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.inside().abandoned
    }

    /// How many records are not stored yet.
    pub(super) fn waiting(&self) -> u64 {
        let records = self.traffic().records;
        records.waiting + records.spooled
    }

    pub(super) fn traffic(&self) -> Traffic {
        let inside = self.inside();
        Traffic {
            records: self.standing.counters(inside.sent, inside.refused),
            accepted: inside.accepted,
            refused: inside.refusals,
            commits: inside.commits,
            bytes_under_way: inside.bytes as u64,
            backlog_bytes: self.standing.backlog.bytes(),
            level: self.standing.level(),
        }
    }

    /// When a delivery that came then has waited long enough for its turn.
    pub(super) fn turn_by(&self, arrived: Instant) -> Instant {
        clock::after(arrived, self.settings.patience / 2)
    }
}

impl Inside {
    fn enter(&mut self, parcel: &Parcel) {
        self.sent += parcel.records;
        self.bytes += parcel.bytes;
        self.deliveries += 1;
    }

    /// Why the one that just entered cannot stay.
    fn refuses(&self, settings: &IntakeSettings) -> Option<Refused> {
        let too_much = self.bytes > settings.max_bytes || self.deliveries > settings.max_deliveries;
        match self.deliveries {
            _ if self.closed => Some(Refused::Closed),
            2.. if too_much => Some(Refused::Busy),
            _ => None,
        }
    }

    fn leave(&mut self, (records, bytes): (u64, usize), outcome: &Outcome) {
        self.bytes -= bytes;
        self.deliveries -= 1;
        match outcome {
            Ok(_) => self.accepted += 1,
            Err(refused) => {
                self.refused += records;
                self.refusals.count(refused);
            }
        }
    }
}

impl Writers for Lobby {
    fn press(&self) -> bool {
        self.inside().bytes >= self.settings.max_bytes / 2
    }

    fn have_ended(&self) -> bool {
        self.is_closed()
    }
}

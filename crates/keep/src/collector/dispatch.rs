//! Between memory, the spool and the store.

use super::{Collector, Flight, Origin, Piece};
use crate::courier::Job;
use crate::link::Landing;
use crate::portion::Portion;
use crate::report::is_report;
use crate::{DropReason, Notice};
use std::sync::Arc;
use std::time::Instant;
use woodpile_store::{Identity, StoreError};

impl Collector {
    /// Sends the courier off with what has to be stored first.
    pub(super) fn launch(&mut self, now: Instant) -> bool {
        if !self.link.is_ready(now) {
            return false;
        }
        let first = self.pieces.pop_front().or_else(|| self.oldest_spooled(now));
        if let Some(piece) = first.or_else(|| self.gathered(now)) {
            let piece = self.judge_piece(piece);
            if piece.portion.is_empty() {
                self.dealt_with(&piece);
            } else {
                self.depart(piece, now);
            }
            return true;
        }
        let connect = !self.link.is_connected();
        if connect {
            self.link.send(Job::Connect, now);
        }
        connect
    }

    fn oldest_spooled(&mut self, now: Instant) -> Option<Piece> {
        let spooling = self.spooling.as_mut().filter(|spooling| spooling.comes_first(now))?;
        let (key, portion) = spooling.oldest()?;
        Some(Piece {
            portion: Arc::new(portion),
            origin: Origin::Spool(key),
            identity: Identity::Brought,
        })
    }

    fn gathered(&mut self, now: Instant) -> Option<Piece> {
        let spool_first = self.spooling.as_ref().is_some_and(|spooling| spooling.comes_first(now));
        if spool_first || !self.is_ripe(now) {
            return None;
        }
        let portion = self.place_next(now);
        Some(Piece { portion, origin: Origin::Memory, identity: Identity::Fresh })
    }

    fn depart(&mut self, piece: Piece, now: Instant) {
        self.link.send(Job::Append(Arc::clone(&piece.portion), piece.identity), now);
        self.flight = Some(Flight { piece, spooled: false });
    }

    /// Sees what the courier brings back.
    pub(super) fn land(&mut self, now: Instant) -> bool {
        let counters = || self.shared.counters();
        let waiting = || counters().waiting + counters().spooled;
        let Some(landing) = self.link.land(now, waiting) else { return false };
        let flight = self.flight.take().filter(|flight| !flight.spooled);
        if let Some(Flight { piece, .. }) = flight {
            self.settle(landing, piece);
        }
        true
    }

    fn settle(&mut self, landing: Landing, piece: Piece) {
        match landing {
            Landing::Stored(appended) => {
                self.shared.standing.stored(&piece.portion, appended);
                self.dealt_with(&piece);
            }
            Landing::Unjudged => self.pieces.push_front(piece),
            Landing::Rejected(error) => self.rejected(&piece, error),
            Landing::Failed => {
                self.pieces.push_front(Piece { identity: Identity::Brought, ..piece });
            }
        }
    }

    /// The store will not take this as it is: smaller pieces find the record that is to blame.
    fn rejected(&mut self, piece: &Piece, error: StoreError) {
        if piece.portion.records() <= 1 {
            self.drop_rejected(&piece.portion, error);
            return self.dealt_with(piece);
        }
        let (first, second) = piece.portion.halves();
        for half in [second, first] {
            let (portion, identity) = (Arc::new(half), Identity::Brought);
            self.pieces.push_front(Piece { portion, origin: piece.origin, identity });
        }
    }

    fn drop_rejected(&mut self, portion: &Portion, error: StoreError) {
        let Some((name, document)) = portion.single() else { return };
        if is_report(document) {
            return self.shared.standing.count(DropReason::Rejected, 1);
        }
        let (_, collection) = self.shared.standing.collections.intern(name);
        if collection.losses().all(|loss| loss.reason != DropReason::Rejected) {
            self.link.tell(&Notice::Rejected { collection: name.to_string(), error });
        }
        self.shared.lose(&collection, DropReason::Rejected);
    }

    /// Takes what is stored or dropped out of the spool, the whole portion once no piece of it is left.
    pub(super) fn dealt_with(&mut self, piece: &Piece) {
        let (Origin::Spool(key), Some(spooling)) = (piece.origin, &mut self.spooling) else {
            return;
        };
        spooling.taken_out(piece.portion.count());
        if self.pieces.iter().all(|other| other.origin != piece.origin) {
            spooling.remove(key);
        }
    }

    /// Puts records into the spool: all while the store is away; else what would not fit into memory
    /// until the spool is empty, or what a flush waits for.
    pub(super) fn put_aside(&mut self, now: Instant) -> bool {
        let Some(spooling) = self.spooling.as_ref().filter(|spooling| spooling.takes(now)) else {
            return false;
        };
        let before = spooling.put_so_far();
        if self.link.is_away() {
            self.spool_all(now);
        } else if !spooling.is_empty() && self.must_not_wait_in_memory() && self.is_ripe(now) {
            self.spool_next(now);
        }
        self.spooling.as_ref().is_some_and(|spooling| spooling.put_so_far() > before)
    }

    fn must_not_wait_in_memory(&self) -> bool {
        let awaited = !self.waiting.is_empty() && self.shared.settings.spool_lasts;
        awaited || self.shared.queue.is_half_full()
    }

    /// The oldest first; what cannot be put in keeps what is newer out, too.
    fn spool_all(&mut self, now: Instant) {
        if self.spool_flight() && self.spool_pieces() && self.is_ripe(now) {
            self.spool_next(now);
        }
    }

    /// A late flight may yet arrive or fail: the spool answers for its records from now on, and if they
    /// are stored twice, the second time changes nothing.
    fn spool_flight(&mut self) -> bool {
        let (Some(flight), Some(spooling)) = (&mut self.flight, &mut self.spooling) else {
            return true;
        };
        if !flight.piece.is_only_in_memory() {
            return true;
        }
        let late = self.link.is_late();
        flight.spooled = flight.spooled || (late && spooling.put(&flight.piece.portion));
        flight.spooled
    }

    fn spool_pieces(&mut self) -> bool {
        let Some(spooling) = &mut self.spooling else { return true };
        while let Some(piece) = self.pieces.front().filter(|piece| piece.is_only_in_memory()) {
            if !spooling.put(&piece.portion) {
                return false;
            }
            self.pieces.pop_front();
        }
        true
    }

    fn spool_next(&mut self, now: Instant) {
        self.judge_next();
        if self.next.is_empty() {
            return;
        }
        if self.spooling.as_mut().is_some_and(|spooling| spooling.put(&self.next)) {
            self.place_next(now);
        }
    }
}

impl Piece {
    fn is_only_in_memory(&self) -> bool {
        self.origin == Origin::Memory
    }
}

//! Between those who deliver, the spool and the store.

use super::Refused;
use super::delivery::Parcel;
use super::desk::Desk;
use super::group::{Due, Group};
use crate::counters::add;
use crate::courier::Job;
use crate::link::Landing;
use crate::{DropReason, Flushed, Notice};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;
use woodpile_store::StoreError;

impl Desk {
    /// Sends the courier off with what is to be stored next.
    pub(super) fn launch(&mut self, now: Instant) -> bool {
        if !self.link.is_ready(now) {
            return false;
        }
        if self.groups.is_empty() {
            let next = self.next_group(now);
            self.groups.extend(next);
        }
        if !self.groups.is_empty() {
            self.depart(now);
            return true;
        }
        let connect = !self.link.is_connected();
        if connect {
            self.link.send(Job::Connect, now);
        }
        connect
    }

    /// Out of the spool and of what was delivered in turn.
    fn next_group(&mut self, now: Instant) -> Option<Group> {
        let held = self.held_until().is_some_and(|until| now < until);
        let waits = self.oldest().is_some() && !held;
        if self.spool_next || !waits {
            self.spool_next = false;
            if let Some(group) = self.oldest_spooled(now) {
                return Some(group);
            }
        }
        self.spool_next = true;
        waits.then(|| self.gather())
    }

    fn oldest_spooled(&mut self, now: Instant) -> Option<Group> {
        let spooling = self.spooling.as_mut().filter(|spooling| spooling.comes_first(now))?;
        if self.lobby.is_closed() {
            return None;
        }
        let (key, portion) = spooling.oldest()?;
        Some(Group::spooled(key, portion))
    }

    /// As many deliveries as one commit takes.
    fn gather(&mut self) -> Group {
        self.gather_if(|_| true)
    }

    /// The same, up to the first that is not wanted.
    fn gather_if(&mut self, is_wanted: impl Fn(&Parcel) -> bool) -> Group {
        let enough = self.lobby.settings.group_bytes;
        let parcels = take_up_to(self.next_lane(), enough, is_wanted);
        for (name, _) in parcels.iter().flat_map(|parcel| &parcel.batches) {
            self.lobby.standing.collections.intern(name);
        }
        Group::of(parcels)
    }

    /// Sends off the first piece of the first group, unless rules leave nothing of it.
    fn depart(&mut self, now: Instant) {
        let Some(mut group) = self.groups.pop_front() else { return };
        self.judge(&mut group);
        if let Some(piece) = group.pieces.front().filter(|piece| !piece.portion.is_empty()).cloned()
        {
            self.link.send(Job::Append(piece.portion, piece.identity), now);
            self.flying = true;
            self.groups.push_front(group);
        } else {
            group.pieces.pop_front();
            self.go_on(group);
        }
    }

    /// Judges the first piece by the rules as they are known.
    fn judge(&mut self, group: &mut Group) {
        let Some(rules) = self.lobby.standing.rules() else { return };
        let (dropped, masked) = group.judge(rules);
        if group.key.is_some() {
            self.take_out(dropped);
            self.lobby.standing.count(DropReason::Rule, dropped);
            add(&self.lobby.standing.tallies.masked, masked);
        }
    }

    /// Counts records that the spool need not hold any more.
    fn take_out(&mut self, records: u64) {
        if let Some(spooling) = &mut self.spooling {
            spooling.taken_out(records);
        }
    }

    /// Sees what the courier brings back.
    pub(super) fn land(&mut self, now: Instant) -> bool {
        let Some(landing) = self.link.land(now, || self.lobby.waiting()) else { return false };
        if std::mem::take(&mut self.flying)
            && let Some(group) = self.groups.pop_front()
        {
            self.settle(landing, group, now);
        }
        true
    }

    fn settle(&mut self, landing: Landing, mut group: Group, now: Instant) {
        match landing {
            Landing::Stored(appended) => {
                let Some(piece) = group.pieces.pop_front() else { return };
                self.lobby.standing.stored(&piece.portion, appended);
                self.lobby.count_commit();
                if group.key.is_some() {
                    self.take_out(piece.portion.count());
                }
                self.go_on(group);
            }
            Landing::Unjudged => self.groups.push_front(group),
            Landing::Rejected(error) => self.rejected(group, error),
            Landing::Failed => self.failed(group, now),
        }
    }

    /// Stores the other pieces; answers when there is none.
    fn go_on(&mut self, group: Group) {
        if !group.pieces.is_empty() {
            return self.groups.push_front(group);
        }
        match (group.key, &mut self.spooling) {
            (Some(key), Some(spooling)) => spooling.remove(key),
            _ => self.acknowledge(group, Flushed::Stored),
        }
    }

    /// What came out of the spool is tried again, what was delivered goes there or back.
    fn failed(&mut self, group: Group, now: Instant) {
        if group.key.is_some() {
            return self.groups.push_front(group);
        }
        self.give_away(group, now);
    }

    /// The store will not take this as it is: smaller pieces find the record that is to blame.
    fn rejected(&mut self, mut group: Group, error: StoreError) {
        if group.is_mixed() {
            for single in group.apart().into_iter().rev() {
                self.groups.push_front(single);
            }
            return;
        }
        let Some(piece) = group.pieces.front() else { return };
        if piece.portion.records() > 1 {
            group.halve();
            return self.groups.push_front(group);
        }
        if group.key.is_some() {
            self.lose_rejected(&group, &error);
        }
        group.reject(error);
        self.go_on(group);
    }

    /// Nobody waits any more for what was in the spool: whoever delivered it was told that it is kept.
    fn lose_rejected(&mut self, group: &Group, error: &StoreError) {
        let portions = group.portions();
        if let Some((name, _)) = portions.first().and_then(|portion| portion.single()) {
            let collection = name.to_string();
            self.link.tell(&Notice::Rejected { collection, error: error.clone() });
        }
        self.lobby.standing.count(DropReason::Rejected, 1);
        self.take_out(1);
    }

    /// Sees to deliveries that cannot wait: all while the store is away, else those that waited too long.
    pub(super) fn put_aside(&mut self, now: Instant) {
        if self.link.is_late() && self.groups.front().is_some_and(Group::is_owed) {
            // The call may yet store these, or not.
            self.flying = false;
        }
        if self.link.is_away() && !self.link.is_ready(now) {
            self.give_away_all(now);
        }
        self.put_aside_late(now);
    }

    fn give_away_all(&mut self, now: Instant) {
        let flying = self.flying;
        while let Some(group) = self.groups.pop_front_if(|group| !flying && group.is_owed()) {
            self.give_away(group, now);
        }
        while self.oldest().is_some() {
            let group = self.gather();
            self.give_away(group, now);
        }
    }

    /// Those that waited too long for their turn.
    fn put_aside_late(&mut self, now: Instant) {
        while self.oldest().is_some_and(|oldest| self.lobby.turn_by(oldest) <= now) {
            let lobby = Arc::clone(&self.lobby);
            let mut group = self.gather_if(|parcel| lobby.turn_by(parcel.arrived) <= now);
            if self.put_into_spool(&mut group, now) {
                self.acknowledge(group, Flushed::Spooled);
            } else {
                self.refuse(group, Refused::Busy);
            }
        }
    }

    /// Into the spool, or back to those who delivered it.
    fn give_away(&mut self, mut group: Group, now: Instant) {
        if self.put_into_spool(&mut group, now) {
            return self.acknowledge(group, Flushed::Spooled);
        }
        let error = self.lobby.standing.trouble();
        let retry_at = self.link.retry_at().unwrap_or(now);
        let retry_after = retry_at.saturating_duration_since(now);
        self.refuse(group, error.map_or(Refused::Busy, |error| Refused::by(error, retry_after)));
    }

    fn put_into_spool(&mut self, group: &mut Group, now: Instant) -> bool {
        self.judge(group);
        let lasts = self.lobby.settings.spool_lasts;
        let spooling = self.spooling.as_mut().filter(|spooling| lasts && spooling.takes(now));
        spooling.is_some_and(|spooling| spooling.put_all(&group.portions()))
    }

    fn acknowledge(&mut self, group: Group, place: Flushed) {
        self.answer(group.receipts(place));
    }

    pub(super) fn refuse(&mut self, group: Group, refused: Refused) {
        self.answer(group.refusals(refused));
    }

    fn answer(&self, all: impl Iterator<Item = Due>) {
        for Due { answer, weight, outcome } in all {
            self.lobby.answer(answer, weight, outcome);
        }
    }
}

/// The first deliveries that are wanted, until they are enough; one at least, if there is one.
fn take_up_to(
    lane: &mut VecDeque<Parcel>,
    enough: usize,
    is_wanted: impl Fn(&Parcel) -> bool,
) -> Vec<Parcel> {
    let mut bytes = 0;
    let mut parcels = Vec::new();
    while bytes < enough
        && let Some(parcel) = lane.pop_front_if(|parcel| is_wanted(parcel))
    {
        bytes += parcel.bytes;
        parcels.push(parcel);
    }
    parcels
}

#[cfg(test)]
mod tests {
    use super::super::Delivery;
    use super::super::delivery::Answer;
    use super::*;
    use std::time::Duration;
    use woodpile_record::{Batch, Entry, EventTime, IdSource};
    use woodpile_store::Identity;

    /// Deliveries of one record each, a millisecond apart.
    fn lane(count: u64) -> VecDeque<Parcel> {
        let ids = IdSource::new([0; 5]);
        let start = crate::clock::now();
        let parcel = |number| {
            let arrived = start + Duration::from_millis(number);
            let record = Entry::default().encode(ids.next(1), EventTime::default());
            let batch: Batch = [record.as_document()].into_iter().collect();
            let batches = vec![("a".into(), batch)];
            let delivery = Delivery { batches, identity: Identity::Fresh };
            Parcel::new(delivery, arrived, Answer::new(|_| ()))
        };
        (0..count).map(parcel).collect()
    }

    #[test]
    fn as_many_are_taken_as_are_enough_and_wanted() {
        let size = lane(1)[0].bytes;
        let check = |enough, wanted: usize, expected| {
            let mut lane = lane(5);
            let last = lane[wanted - 1].arrived;
            let taken = take_up_to(&mut lane, enough, |parcel| parcel.arrived <= last);
            assert_eq!((taken.len(), lane.len()), (expected, 5 - expected));
        };
        check(usize::MAX, 5, 5);
        check(1, 5, 1);
        check(size * 2, 5, 2);
        check(usize::MAX, 3, 3);
    }
}

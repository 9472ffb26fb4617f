use super::delivery::{Answer, Parcel};
use super::{Receipt, Refused};
use crate::Flushed;
use crate::portion::Portion;
use crate::rules::Rules;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use woodpile_store::{Identity, SpoolKey, StoreError};

/// Records that are stored together: of deliveries, or out of the spool.
pub(super) struct Group {
    /// Who waits for them, in the order of their batches.
    owed: Vec<Owed>,
    /// Where they are in the spool, if they are of it.
    pub(super) key: Option<SpoolKey>,
    /// What is not stored yet: one, unless the store would not take all at once.
    pub(super) pieces: VecDeque<Piece>,
}

/// What one call of the store takes.
#[derive(Clone)]
pub(super) struct Piece {
    pub(super) portion: Arc<Portion>,
    pub(super) identity: Identity,
}

/// A delivery that is not answered yet.
struct Owed {
    answer: Answer,
    records: u64,
    bytes: usize,
    /// Which batches of all are its own.
    batches: Range<usize>,
    receipt: Receipt,
}

/// An answer that can be given.
pub(super) struct Due {
    pub(super) answer: Answer,
    /// Records and bytes.
    pub(super) weight: (u64, usize),
    pub(super) outcome: Result<Receipt, Refused>,
}

impl Group {
    /// Of deliveries that are all of one identity.
    pub(super) fn of(parcels: Vec<Parcel>) -> Self {
        let identity = parcels.first().map_or(Identity::Brought, |parcel| parcel.identity);
        let mut owed = Vec::with_capacity(parcels.len());
        let mut all = Vec::new();
        for Parcel { mut batches, records, bytes, answer, .. } in parcels {
            let own = all.len()..all.len() + batches.len();
            all.append(&mut batches);
            owed.push(Owed { answer, records, bytes, batches: own, receipt: Receipt::new() });
        }
        Self { owed, key: None, pieces: VecDeque::from([Piece::new(all.into(), identity)]) }
    }

    /// Out of the spool.
    pub(super) fn spooled(key: SpoolKey, portion: Portion) -> Self {
        let piece = Piece::new(portion, Identity::Brought);
        Self { owed: Vec::new(), key: Some(key), pieces: VecDeque::from([piece]) }
    }

    /// Whether somebody waits for an answer.
    pub(super) fn is_owed(&self) -> bool {
        !self.owed.is_empty()
    }

    pub(super) fn portions(&self) -> Vec<&Portion> {
        self.pieces.iter().map(|piece| &*piece.portion).collect()
    }

    /// Leaves of the first piece what rules leave; says how many records they dropped and masked.
    pub(super) fn judge(&mut self, rules: Arc<dyn Rules>) -> (u64, u64) {
        let (mut dropped, mut masked) = (0, 0);
        let Self { owed, pieces, .. } = self;
        let Some(piece) = pieces.front_mut().filter(|it| !it.portion.is_judged_by(&rules)) else {
            return (0, 0);
        };
        let judged = piece.portion.judge(rules, |place, _, judged| {
            dropped += judged.dropped;
            masked += judged.masked;
            if let Some(owed) = owner(owed, place) {
                owed.receipt.dropped += judged.dropped;
                owed.receipt.masked += judged.masked;
            }
        });
        piece.portion = Arc::new(judged);
        (dropped, masked)
    }

    /// A group for each delivery: the store would not take them together. What it did take is not added again.
    pub(super) fn apart(self) -> Vec<Self> {
        let portions = self.pieces.into_iter().map(|piece| Arc::unwrap_or_clone(piece.portion));
        let mut batches = portions.flat_map(Portion::into_batches);
        let single = |owed: Owed| {
            let own: Vec<_> = batches.by_ref().take(owed.batches.len()).collect();
            let piece = Piece::new(own.into(), Identity::Brought);
            Self { owed: vec![owed], key: None, pieces: VecDeque::from([piece]) }
        };
        self.owed.into_iter().map(single).collect()
    }

    /// Whether several deliveries are in it.
    pub(super) fn is_mixed(&self) -> bool {
        self.owed.len() > 1
    }

    /// Puts two pieces in the place of the first one.
    pub(super) fn halve(&mut self) {
        if let Some(piece) = self.pieces.pop_front() {
            let (first, second) = piece.portion.halves();
            for half in [second, first] {
                self.pieces.push_front(Piece::new(half, Identity::Brought));
            }
        }
    }

    /// The first piece is a record that the store does not take.
    pub(super) fn reject(&mut self, error: StoreError) {
        self.pieces.pop_front();
        if let Some(Owed { receipt, .. }) = self.owed.first_mut() {
            receipt.rejected += 1;
            receipt.rejection.get_or_insert(error);
        }
    }

    /// What is told to those who wait when all of it is durable there.
    pub(super) fn receipts(self, place: Flushed) -> impl Iterator<Item = Due> {
        self.owed.into_iter().map(move |owed| {
            let mut receipt = Receipt { place, ..owed.receipt };
            receipt.kept = owed.records - receipt.dropped - receipt.rejected;
            let outcome = match receipt.rejection.clone() {
                Some(error) if receipt.kept == 0 => Err(Refused::Rejected { error }),
                _ => Ok(receipt),
            };
            Due { answer: owed.answer, weight: (owed.records, owed.bytes), outcome }
        })
    }

    /// What is told to those who wait when nothing is kept.
    pub(super) fn refusals(self, refused: Refused) -> impl Iterator<Item = Due> {
        self.owed.into_iter().map(move |owed| Due {
            answer: owed.answer,
            weight: (owed.records, owed.bytes),
            outcome: Err(refused.clone()),
        })
    }
}

/// Whose batch it is.
fn owner(all: &mut [Owed], place: usize) -> Option<&mut Owed> {
    if let [only] = all {
        // Its pieces have other batches than it had.
        return Some(only);
    }
    let index = all.partition_point(|owed| owed.batches.end <= place);
    all.get_mut(index)
}

impl Piece {
    fn new(portion: Portion, identity: Identity) -> Self {
        Self { portion: Arc::new(portion), identity }
    }
}

//! What the owner's rules make of records before they are stored, or put into the spool.

use super::{Collector, Origin, Piece};
use crate::DropReason;
use crate::counters::add;
use crate::portion::Portion;
use std::sync::Arc;

impl Collector {
    /// Judges what goes to the store, also what comes out of the spool: another run may have put it in before it knew
    /// the rules.
    pub(super) fn judge_piece(&mut self, piece: Piece) -> Piece {
        let Some(judged) = self.judged(&piece.portion) else { return piece };
        let dropped = piece.portion.count() - judged.count();
        if let (Origin::Spool(_), Some(spooling)) = (piece.origin, &mut self.spooling) {
            spooling.taken_out(dropped);
        }
        Piece { portion: Arc::new(judged), ..piece }
    }

    /// Judges what is being gathered.
    pub(super) fn judge_next(&mut self) {
        if let Some(judged) = self.judged(&self.next) {
            self.next = judged;
        }
    }

    /// What the rules leave of a portion; `None` where they have nothing to say about it.
    fn judged(&self, portion: &Portion) -> Option<Portion> {
        let rules = self.shared.standing.rules().filter(|rules| !portion.is_judged_by(rules))?;
        Some(portion.judge(rules, |_, name, judged| {
            add(&self.shared.standing.tallies.masked, judged.masked);
            if judged.dropped > 0 {
                let (_, collection) = self.shared.standing.collections.intern(name);
                self.shared.lose_many(&collection, DropReason::Rule, judged.dropped);
            }
        }))
    }
}

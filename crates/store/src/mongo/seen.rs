use super::limits::FOLLOW_REMEMBERED;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// The ids that were seen last; the oldest are forgotten beyond [`FOLLOW_REMEMBERED`].
#[derive(Debug, Default)]
pub(super) struct Seen {
    ids: HashSet<Arc<[u8]>>,
    arrival: VecDeque<Arc<[u8]>>,
}

impl Seen {
    pub(super) fn contains(&self, id: &[u8]) -> bool {
        self.ids.contains(id)
    }

    pub(super) fn insert(&mut self, id: &[u8]) {
        let id: Arc<[u8]> = id.into();
        if self.ids.insert(id.clone()) {
            self.arrival.push_back(id);
        }
        while self.arrival.len() > FOLLOW_REMEMBERED {
            let Some(oldest) = self.arrival.pop_front() else { return };
            self.ids.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten() {
        let mut seen = Seen::default();
        for number in 0..=FOLLOW_REMEMBERED {
            seen.insert(&number.to_le_bytes());
            seen.insert(&number.to_le_bytes());
        }
        assert!(!seen.contains(&0_usize.to_le_bytes()));
        assert!(seen.contains(&1_usize.to_le_bytes()));
        assert!(seen.contains(&FOLLOW_REMEMBERED.to_le_bytes()));
    }
}

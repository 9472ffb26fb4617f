use crate::convert::id;
use crate::hash::HashMap;
use crate::texts::Texts;
use foldhash::fast::RandomState;
use std::hash::BuildHasher;

/// So many distinct texts are held whether others repeat them or not.
const FREE_TEXTS: u32 = 1_024;
/// Of more, one in so many may be distinct.
const DISTINCT_PART: usize = 2;

/// Which of a column's distinct texts each value is: paths and user agents come again and again, and are held once.
#[derive(Debug, Clone, Default)]
pub(super) struct Repeats {
    /// For each value the place of its text.
    pub(super) picks: Vec<u32>,
    /// The place of each text, by its fingerprint.
    places: HashMap<u64, u32>,
    fingerprints: RandomState,
}

impl Repeats {
    /// Adds the next value, and its text to `distinct` if it is new. False, and nothing was added, where too few repeat
    /// others, or two have one fingerprint.
    pub(super) fn push(&mut self, text: &[u8], distinct: &mut Texts) -> bool {
        let next = id(distinct.len());
        let place = *self.places.entry(self.fingerprints.hash_one(text)).or_insert(next);
        if place < next {
            if distinct.get(place as usize) != Some(text) {
                return false;
            }
        } else if next >= FREE_TEXTS && next as usize > self.picks.len() / DISTINCT_PART {
            return false;
        } else {
            distinct.push(text);
        }
        self.picks.push(place);
        true
    }

    /// All values, one after another.
    pub(super) fn each(&self, distinct: &Texts) -> Texts {
        self.picks.iter().filter_map(|place| distinct.get(*place as usize)).collect()
    }

    /// Frees what was needed to know repeats: no value comes any more.
    pub(super) fn settle(&mut self) {
        self.places = HashMap::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_held_once_until_too_few_repeat_others() {
        let (mut repeats, mut distinct) = (Repeats::default(), Texts::default());
        let mut push = |number: u32| repeats.push(&number.to_le_bytes(), &mut distinct);
        assert!((0..FREE_TEXTS).all(&mut push));
        assert!(!push(FREE_TEXTS));
        assert!((0..FREE_TEXTS).all(&mut push));
        assert!(push(FREE_TEXTS));
        assert_eq!(distinct.len(), FREE_TEXTS as usize + 1);
        let each: Vec<u8> =
            (0..FREE_TEXTS).chain(0..=FREE_TEXTS).flat_map(u32::to_le_bytes).collect();
        assert_eq!(repeats.each(&distinct).as_bytes(), each);
    }
}

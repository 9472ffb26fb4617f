use super::asked::Wanted;
use crate::limits::MAX_RSIDS;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// The searches that were begun and whose events may yet be fetched: the last [`MAX_RSIDS`].
#[derive(Debug, Default)]
pub(crate) struct Rsids(Mutex<Begun>);

#[derive(Debug, Default)]
struct Begun {
    count: u64,
    searches: VecDeque<(String, Search)>,
}

/// What is fetched of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Search {
    pub(super) wanted: Wanted,
    /// Events a page.
    pub(super) size: usize,
}

impl Rsids {
    /// Keeps a search that begins `now`, in milliseconds since 1970; its id is a number, as Loggly's are.
    pub(super) fn begin(&self, now: i64, search: Search) -> String {
        let mut begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        begun.count = begun.count.wrapping_add(1);
        let id = format!("{now}{:06}", begun.count % 1_000_000);
        begun.searches.push_back((id.clone(), search));
        if begun.searches.len() > MAX_RSIDS {
            begun.searches.pop_front();
        }
        id
    }

    pub(super) fn find(&self, id: &str) -> Option<Search> {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut newest_first = begun.searches.iter().rev();
        newest_first.find(|(own, _)| own == id).map(|(_, search)| search.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_search_makes_room() {
        let wanted = Wanted { query: "*".to_owned(), since: 0, until: 1, is_ascending: false };
        let search = Search { wanted, size: 50 };
        let rsids = Rsids::default();
        let ids: Vec<_> = (0..=MAX_RSIDS).map(|_| rsids.begin(7, search.clone())).collect();
        assert_eq!(rsids.find(&ids[0]), None);
        assert_eq!(rsids.find(&ids[1]), Some(search));
    }
}

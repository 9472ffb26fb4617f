use crate::hash::HashMap;

/// Decides about texts: a word, a phrase, a regular expression. What is asked knows nothing of it.
pub trait TextMatch: Sync {
    /// Whether a whole text matches.
    fn is_match(&self, text: &[u8]) -> bool;

    /// What is in every text that matches, if anything is: ASCII in lower case, in the text in either case. Most texts are
    /// out by it at once.
    fn literal(&self) -> Option<&[u8]> {
        None
    }

    /// The same as an automaton, where it can be had: texts that are put together from pieces are then decided piece by
    /// piece, mostly for many rows at once. It accepts every text that matches; see [`TextMatch::exact_in`].
    fn automaton(&self) -> Option<&dyn Automaton> {
        None
    }

    /// In which texts the automaton accepts no others than those that match; elsewhere they are asked themselves.
    fn exact_in(&self) -> Letters {
        Letters::Any
    }
}

/// What texts consist of; each has those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Letters {
    /// ASCII.
    Ascii,
    /// UTF-8.
    Unicode,
    /// Any bytes.
    Any,
}

impl Letters {
    /// Of one text.
    pub(super) fn of(text: &[u8]) -> Self {
        match std::str::from_utf8(text) {
            Ok(text) if text.is_ascii() => Self::Ascii,
            Ok(_) => Self::Unicode,
            Err(_) => Self::Any,
        }
    }
}

/// A deterministic automaton that reads bytes. Its states are numbers that keep their meaning; few are best.
pub trait Automaton: Sync {
    /// The state before a text.
    fn start(&self) -> u32;

    /// The state behind these bytes.
    fn next(&self, state: u32, bytes: &[u8]) -> u32;

    /// What is certain in a state, whatever follows.
    fn fate(&self, state: u32) -> Fate;

    /// Whether a text matches that ends in this state.
    fn ends_well(&self, state: u32) -> bool;
}

/// What is certain of a text of which only the beginning was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It matches.
    Matches,
    /// It does not.
    Fails,
    /// What follows decides.
    Open,
}

/// Whether a text matches that ends in this state.
pub(super) fn accepts(automaton: &dyn Automaton, state: u32) -> bool {
    match automaton.fate(state) {
        Fate::Matches => true,
        Fate::Fails => false,
        Fate::Open => automaton.ends_well(state),
    }
}

/// So many steps are remembered at once.
const MAX_STEPS: usize = 1 << 17;

/// Reads pieces of texts that come again and again, each once from each state.
pub(super) struct Steps<'m> {
    pub(super) automaton: &'m dyn Automaton,
    known: HashMap<(u64, u32), u32>,
}

impl<'m> Steps<'m> {
    pub(super) fn new(automaton: &'m dyn Automaton) -> Self {
        Self { automaton, known: HashMap::default() }
    }

    /// The state behind a piece with this number; `bytes` gives it where it was not read before.
    pub(super) fn behind<'p>(
        &mut self,
        piece: u64,
        state: u32,
        bytes: impl FnOnce() -> Option<&'p [u8]>,
    ) -> Option<u32> {
        if let Some(next) = self.known.get(&(piece, state)) {
            return Some(*next);
        }
        let next = self.automaton.next(state, bytes()?);
        if self.known.len() >= MAX_STEPS {
            self.known.clear();
        }
        self.known.insert((piece, state), next);
        Some(next)
    }
}

//! Regular expressions as automata of bytes, which decide about texts piece by piece.

use crate::limits::{MACHINE_BYTES, MACHINE_WORK_BYTES};
use regex_automata::dfa::{Automaton as _, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use woodpile_block::{Automaton, Fate, Letters};

/// The automata of a search, each made when it is first needed.
#[derive(Debug, Default)]
pub(crate) struct Machines(Mutex<HashMap<String, Option<Arc<Machine>>>>);

impl Machines {
    /// `None` where it cannot be had, or would be too large.
    pub(crate) fn get(&self, expression: &str) -> Option<Arc<Machine>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(machine) = known.get(expression) {
            return machine.clone();
        }
        let machine = Machine::new(expression).map(Arc::new);
        known.insert(expression.to_owned(), machine.clone());
        machine
    }
}

/// Tells in which texts an expression is found.
pub(crate) struct Machine {
    dfa: dense::DFA<Vec<u32>>,
    start: StateID,
    letters: Letters,
}

impl Machine {
    /// Of an expression that asks where words of Unicode end, only ASCII is read: what has other letters is accepted.
    fn new(expression: &str) -> Option<Self> {
        let (dfa, letters) = match build(expression, false) {
            Some(dfa) => (dfa, Letters::Unicode),
            None => (build(expression, true)?, Letters::Ascii),
        };
        let start = dfa.start_state(&start::Config::new().anchored(Anchored::No)).ok()?;
        Some(Self { dfa, start, letters })
    }

    /// In which texts it accepts no others than those in which the expression is found.
    pub(crate) fn exact_in(&self) -> Letters {
        self.letters
    }

    /// Whether a text is accepted that has come to this state, whatever follows.
    fn accepts(&self, state: StateID) -> bool {
        self.dfa.is_match_state(state) || self.dfa.is_quit_state(state)
    }
}

fn build(expression: &str, gives_up: bool) -> Option<dense::DFA<Vec<u32>>> {
    dense::Builder::new()
        .configure(
            dense::Config::new()
                .accelerate(false)
                .start_kind(StartKind::Unanchored)
                .match_kind(MatchKind::All)
                .unicode_word_boundary(gives_up)
                .dfa_size_limit(Some(MACHINE_BYTES))
                .determinize_size_limit(Some(MACHINE_WORK_BYTES)),
        )
        .thompson(thompson::Config::new().which_captures(thompson::WhichCaptures::None))
        .build(expression)
        .ok()
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").field("bytes", &self.dfa.memory_usage()).finish_non_exhaustive()
    }
}

impl Automaton for Machine {
    fn start(&self) -> u32 {
        self.start.as_u32()
    }

    fn next(&self, state: u32, bytes: &[u8]) -> u32 {
        let mut state = id(state);
        if self.accepts(state) {
            return state.as_u32();
        }
        for byte in bytes {
            state = self.dfa.next_state(state, *byte);
            // What follows a match or a dead end changes nothing.
            if self.dfa.is_special_state(state) {
                break;
            }
        }
        state.as_u32()
    }

    fn fate(&self, state: u32) -> Fate {
        let state = id(state);
        if self.accepts(state) {
            Fate::Matches
        } else if self.dfa.is_dead_state(state) {
            Fate::Fails
        } else {
            Fate::Open
        }
    }

    fn ends_well(&self, state: u32) -> bool {
        let state = id(state);
        self.accepts(state) || self.accepts(self.dfa.next_eoi_state(state))
    }
}

/// A state that the automaton gave out.
fn id(state: u32) -> StateID {
    StateID::new_unchecked(state as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, text: &str, expected: bool) {
        let machine = Machine::new(expression).unwrap_or_else(|| panic!("{expression}"));
        let ends = |state| match machine.fate(state) {
            Fate::Matches => true,
            Fate::Fails => false,
            Fate::Open => machine.ends_well(state),
        };
        let whole = machine.next(machine.start(), text.as_bytes());
        assert_eq!(ends(whole), expected, "{expression} in {text:?}");
        let by_byte = text.bytes().fold(machine.start(), |at, byte| machine.next(at, &[byte]));
        assert_eq!(ends(by_byte), expected, "{expression} in {text:?}, byte by byte");
    }

    #[test]
    fn it_finds_what_the_expression_finds() {
        check("b+c", "aabbc", true);
        check("b+c", "aabb", false);
        check("^b", "ab", false);
        check("b$", "ab", true);
        check("b$", "aba", false);
        check("", "", true);
        check(r"(?:\A|[^a-z])cart(?:[^a-z]|\z)", "the cart", true);
        check(r"(?:\A|[^a-z])cart(?:[^a-z]|\z)", "the xcart, cartx", false);
        check("(?i)ÜBER", "über", true);
    }

    #[test]
    fn what_is_too_large_has_none() {
        assert!(Machine::new(r"(?:\w{30}){30}").is_none());
    }

    #[test]
    fn words_of_unicode_are_told_in_ascii_only() {
        assert_eq!(Machine::new("word").map(|machine| machine.exact_in()), Some(Letters::Unicode));
        let machine = Machine::new(r"\bword\b").unwrap();
        assert_eq!(machine.exact_in(), Letters::Ascii);
        check(r"\bword\b", "a word.", true);
        check(r"\bword\b", "words", false);
        check(r"\bword\b", "é: it is accepted, and asked itself", true);
    }
}

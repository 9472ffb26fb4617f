//! How many of each process: `web=1,worker=2`, and `all=N` for those not named.

use std::fmt;

/// The most instances of one process: the next process's ports begin there.
pub(crate) const MAX_INSTANCES: u16 = 100;

/// How many of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Formation {
    others: u16,
    named: Vec<(String, u16)>,
}

impl Default for Formation {
    fn default() -> Self {
        Self { others: 1, named: Vec::new() }
    }
}

impl Formation {
    /// Reads `-m`; where a name comes twice, the later counts, and what is not named does not run.
    pub(crate) fn parse(text: &str, processes: &[&str]) -> Result<Self, FormationError> {
        let mut formation = Self { others: 0, named: Vec::new() };
        let plain: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        for pair in plain.split(',').filter(|pair| !pair.is_empty()) {
            let (name, count) = pair_of(pair)?;
            if name == "all" {
                formation.others = count;
            } else if processes.contains(&name) {
                formation.named.retain(|(earlier, _)| earlier != name);
                formation.named.push((name.to_owned(), count));
            } else {
                return Err(FormationError::unknown(name, processes));
            }
        }
        Ok(formation)
    }

    /// How many of `name` to start.
    pub(crate) fn count(&self, name: &str) -> u16 {
        self.named.iter().find(|(named, _)| named == name).map_or(self.others, |(_, count)| *count)
    }
}

fn pair_of(pair: &str) -> Result<(&str, u16), FormationError> {
    pair.split_once('=')
        .and_then(|(name, count)| Some((name, count.parse().ok()?)))
        .filter(|(_, count)| *count <= MAX_INSTANCES)
        .ok_or_else(|| FormationError::BadPair { found: pair.to_owned() })
}

/// What is wrong with a formation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FormationError {
    /// Not `name=count`.
    BadPair {
        /// What was there.
        found: String,
    },
    /// A name that the Procfile does not have.
    Unknown {
        /// The name.
        name: String,
        /// Those that it has, for people.
        known: String,
    },
}

impl FormationError {
    fn unknown(name: &str, processes: &[&str]) -> Self {
        Self::Unknown { name: name.to_owned(), known: processes.join(", ") }
    }
}

impl fmt::Display for FormationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadPair { found } => write!(
                f,
                "expected NAME=COUNT with a count of 0 to {MAX_INSTANCES}, found `{found}`; \
                 write for example -m web=1,worker=2"
            ),
            Self::Unknown { name, known } => {
                write!(f, "the Procfile has no process `{name}`, only {known}")
            }
        }
    }
}

impl std::error::Error for FormationError {}

#[cfg(test)]
mod tests {
    use super::*;

    const PROCESSES: [&str; 3] = ["web", "worker", "clock"];

    fn counts(text: &str) -> [u16; 3] {
        let formation = Formation::parse(text, &PROCESSES).unwrap();
        PROCESSES.map(|name| formation.count(name))
    }

    #[test]
    fn counts_are_those_of_foreman() {
        for (text, expected) in [
            ("all=1", [1, 1, 1]),
            ("web=2", [2, 0, 0]),
            ("all=1,worker=0", [1, 0, 1]),
            ("worker=0,all=2", [2, 0, 2]),
            ("web=1, worker=3", [1, 3, 0]),
            ("web=1,web=2,", [2, 0, 0]),
            ("", [0, 0, 0]),
        ] {
            assert_eq!(counts(text), expected, "{text}");
        }
        assert_eq!(PROCESSES.map(|name| Formation::default().count(name)), [1, 1, 1]);
    }

    #[test]
    fn a_bad_formation_says_what_was_expected() {
        for (text, expected) in [
            ("web", "found `web`"),
            ("web=two", "found `web=two`"),
            ("web=-1", "found `web=-1`"),
            ("web=101", "a count of 0 to 100, found `web=101`"),
            ("wbe=1", "no process `wbe`, only web, worker, clock"),
        ] {
            let error = Formation::parse(text, &PROCESSES).unwrap_err().to_string();
            assert!(error.contains(expected), "{text} gives {error}");
        }
    }
}

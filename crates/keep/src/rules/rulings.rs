use super::{ReadRules, Rules};
use crate::{Notice, clock};
use std::sync::Arc;
use std::time::{Duration, Instant};
use woodpile_store::{Store, StoreError};

/// How long rules are taken to be as they were read.
const RULES_HOLD: Duration = Duration::from_secs(10);

/// The rules of a store for one who writes to it, as they were read last.
#[derive(Debug)]
pub struct Rulings {
    read: ReadRules,
    known: Option<Arc<dyn Rules>>,
    /// When it was last tried to read them.
    at: Option<Instant>,
    /// Whether they cannot be read, and that was told.
    unread: bool,
    news: Vec<Notice>,
}

impl Rulings {
    /// Nothing is read yet.
    pub fn new(read: ReadRules) -> Self {
        Self { read, known: None, at: None, unread: false, news: Vec::new() }
    }

    /// The rules, read again where they may have changed: every ten seconds. A store that lets nobody read them takes
    /// records all the same, and that is told once.
    ///
    /// # Errors
    /// A store that is away for the moment.
    pub fn current(&mut self, store: &dyn Store) -> Result<Option<Arc<dyn Rules>>, StoreError> {
        if self.at.is_none_or(|at| at.elapsed() >= RULES_HOLD) {
            match (self.read.0)(store, self.known.as_ref()) {
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => self.tell_once(error.to_string()),
                Ok(rules) => self.learn(rules),
            }
            self.at = Some(clock::now());
        }
        Ok(self.known.clone())
    }

    fn learn(&mut self, rules: Arc<dyn Rules>) {
        self.unread = false;
        if self.known.as_ref().is_none_or(|known| !Arc::ptr_eq(known, &rules)) {
            let problems = rules.problems().iter().cloned();
            self.news.extend(problems.map(|problem| Notice::RuleNotFollowed { problem }));
        }
        self.known = Some(rules);
    }

    fn tell_once(&mut self, problem: String) {
        if !std::mem::replace(&mut self.unread, true) {
            self.news.push(Notice::RuleNotFollowed { problem });
        }
    }

    /// What the owner is to be told, once.
    pub fn news(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.news)
    }
}

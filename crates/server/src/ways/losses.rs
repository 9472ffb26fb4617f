//! What senders say that they lost before it came here.

use crate::app::App;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use woodpile_decode::format::Loss;
use woodpile_record::EventTime;

/// The most drains whose losses are told apart.
const MAX_DRAINS: usize = 1_000;

/// Losses by drain, since the server started.
#[derive(Debug, Default)]
pub(crate) struct Losses(Mutex<BTreeMap<String, DrainLosses>>);

/// What one drain lost.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DrainLosses {
    /// How many messages, as far as that was said.
    pub(crate) messages: u64,
    /// How often something was lost.
    pub(crate) notices: u64,
    /// Since when, where that was said.
    pub(crate) since: Option<EventTime>,
    /// What Heroku calls the last.
    pub(crate) code: String,
    /// The frame that said so last.
    frame: Option<String>,
}

impl Losses {
    /// Adds to what a drain lost; false if that was of the frame that was counted last, and came again.
    fn add(&self, drain: &str, frame: Option<&str>, losses: &[Loss]) -> bool {
        let mut drains = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if drains.len() >= MAX_DRAINS && !drains.contains_key(drain) {
            return true;
        }
        let entry = drains.entry(drain.to_owned()).or_default();
        if frame.is_some() && frame == entry.frame.as_deref() {
            return false;
        }
        entry.frame = frame.map(str::to_owned);
        for loss in losses {
            entry.messages += loss.messages;
            entry.notices += 1;
            entry.since = [entry.since, loss.since].into_iter().flatten().min();
            entry.code.clone_from(&loss.code);
        }
        true
    }

    /// All of them, by drain.
    pub(crate) fn all(&self) -> BTreeMap<String, DrainLosses> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Counts what a drain says in a frame that it lost; once, where the frame comes again.
pub(crate) fn count(
    app: &App,
    way: &'static str,
    drain: &str,
    frame: Option<&str>,
    losses: &[Loss],
) {
    if !losses.is_empty() && app.losses.add(drain, frame, losses) {
        let messages = losses.iter().map(|loss| loss.messages).sum();
        app.metrics.lost_before.add([way.into(), drain.to_owned().into()], messages);
    }
}

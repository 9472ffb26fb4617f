//! Reads tokens and sessions again: others may have made or revoked some.

use crate::app::App;
use crate::auth::{Known, sessions, tokens};
use crate::clock;
use crate::error::ApiError;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio::time::sleep;
use woodpile_store::{Store, StoreError};

/// How often they are read: a token that is revoked counts no longer than that.
const EVERY: Duration = Duration::from_secs(3);
/// How often at most when secrets come that are not known. Whoever guesses waits for it.
const AT_MOST_EVERY: Duration = Duration::from_millis(250);
/// Every so many times the last uses are noted in the store.
const NOTE_EVERY: u32 = 20;

/// When it was last read.
#[derive(Debug, Default)]
pub(crate) struct Refreshed(Mutex<Option<Instant>>);

/// Reads them every few seconds, and notes in the store which were used.
pub(crate) async fn keep_fresh(app: Arc<App>) {
    for round in 1_u32.. {
        // Until the store is there again what was read last counts.
        let _ = refresh(&app).await;
        if round.is_multiple_of(NOTE_EVERY) {
            note_uses(&app).await;
        }
        sleep(EVERY).await;
    }
}

/// Reads them as they are now, or a moment later.
pub(crate) async fn refresh(app: &App) -> Result<(), ApiError> {
    let asked = clock::instant();
    let mut last = app.refreshed.0.lock().await;
    if let Some(last) = *last {
        // Somebody else did, after this was asked.
        if last > asked {
            return Ok(());
        }
        sleep(AT_MOST_EVERY.saturating_sub(last.elapsed())).await;
    }
    *last = Some(clock::instant());
    let store = app.store()?;
    let known = app.permits.call(move || read(&*store, clock::now())).await??;
    app.gate.learn(known);
    Ok(())
}

/// What the store knows.
pub(crate) fn read(store: &dyn Store, now: Timestamp) -> Result<Known, StoreError> {
    let tokens = tokens::read(store)?.into_iter();
    let sessions: HashMap<_, _> = sessions::read(store, now)?.into_iter().collect();
    Ok(Known {
        tokens: tokens.map(|(hash, token)| (hash, Arc::new(token.into()))).collect(),
        sessions,
    })
}

/// Notes in the store when tokens were used last.
pub(crate) async fn note_uses(app: &App) {
    let uses = app.gate.take_uses();
    let Ok(store) = app.store() else { return };
    let note = move || {
        for (name, at) in uses {
            // What cannot be noted now is noted at the next use.
            let _ = tokens::note_use(&*store, &name, at);
        }
    };
    let _ = app.permits.call(note).await;
}

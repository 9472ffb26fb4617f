//! What stands between a command's output and the store.

use super::capture::{Capture, Origin};
use crate::clock;
use crate::exit::say;
use crate::rule::outcome;
use crate::settings::Settings;
use crate::target::Target;
use anyhow::Context;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use woodpile_keep::{Counters, DropReason, Keeper, Notice, Notices};
use woodpile_record::IdSource;
use woodpile_store::DefaultSpool;

/// How long, after the command has ended, what it printed last may take to be durable.
const FLUSH_DEADLINE: Duration = Duration::from_secs(10);

/// How long it is waited then for the store to take something from the spool, which holds it as well.
const DRAIN_PATIENCE: Duration = Duration::from_secs(2);
/// How often it is looked at.
const DRAIN_STEP: Duration = Duration::from_millis(20);

/// So many records may wait in memory before whoever prints them is slowed down: a quarter of the keeper's
/// queue, which then holds them even if they are long.
const CROWD: u64 = 32 * 1024;
/// How long a command that prints faster than the store takes is held up at most, after each piece of its output.
const GIVE_WAY_MOST: Duration = Duration::from_millis(100);
/// How often it is looked whether there is room again.
const GIVE_WAY_STEP: Duration = Duration::from_millis(5);

/// Keeps what is captured.
#[derive(Debug)]
pub(crate) struct Keeping {
    pub(crate) keeper: Keeper,
    pub(crate) ids: IdSource,
    spool: Option<PathBuf>,
    /// Whether the store takes nothing right now.
    is_away: Arc<AtomicBool>,
}

impl Keeping {
    /// Starts keeping. Says which store it is; a database that is away is no error, for the command must
    /// not wait for it.
    pub(crate) fn start(settings: &Settings) -> anyhow::Result<Self> {
        let Target { connect, spool, spool_lasts, pack_after, .. } = Target::prepare(settings)?;
        let (path, spool) = spool.map(|DefaultSpool { path, spool }| (path, spool)).unzip();
        let keep = woodpile_keep::Settings {
            spool_lasts,
            pack_after: Some(pack_after),
            rules: Some(woodpile_rules::READ),
            ..Default::default()
        };
        let is_away = Arc::new(AtomicBool::new(false));
        let keeper = Keeper::start(connect, spool, notices(Arc::clone(&is_away)), keep)
            .context("cannot start the threads that keep logs")?;
        Ok(Self { keeper, ids: clock::id_source(), spool: path, is_away })
    }

    /// For one stream of a process.
    pub(crate) fn capture(&self, origin: &Origin, collection: Option<&str>) -> Capture<'_> {
        Capture::new(self, origin.clone(), collection)
    }

    /// Holds up whoever prints faster than the store takes, a little and only as long as the store takes anything:
    /// a terminal that is slow does the same. A store that is away holds up nobody.
    pub(crate) fn give_way(&self) {
        let is_crowded =
            || self.keeper.counters().waiting > CROWD && !self.is_away.load(Ordering::Relaxed);
        let mut waited = Duration::ZERO;
        while waited < GIVE_WAY_MOST && is_crowded() {
            thread::sleep(GIVE_WAY_STEP);
            waited += GIVE_WAY_STEP;
        }
    }

    /// Makes everything durable, within a deadline, and says what is not in the store.
    pub(crate) fn finish(self) {
        let deadline = match self.keeper.flush(FLUSH_DEADLINE) {
            Ok(_) => {
                self.drain();
                FLUSH_DEADLINE
            }
            Err(error) => {
                say(&format!("woodpile: {error}"));
                Duration::ZERO
            }
        };
        let counters = self.keeper.counters();
        // What could not be made durable was just said.
        let counters = self.keeper.close(deadline).unwrap_or(counters);
        tell(&counters, self.spool.as_deref());
    }

    /// Waits while what is in the spool, from this run or an earlier one, goes on to the store.
    fn drain(&self) {
        let started = clock::instant();
        let (mut counters, mut since) = (self.keeper.counters(), started);
        while counters.spooled > 0
            && since.elapsed() < DRAIN_PATIENCE
            && started.elapsed() < FLUSH_DEADLINE
        {
            thread::sleep(DRAIN_STEP);
            let now = self.keeper.counters();
            if now.stored > counters.stored {
                since = clock::instant();
            }
            counters = now;
        }
    }
}

/// Tells the user, and whoever has to know that the store is away.
fn notices(is_away: Arc<AtomicBool>) -> Notices {
    Box::new(move |notice| {
        match notice {
            Notice::Lost { .. } => is_away.store(true, Ordering::Relaxed),
            Notice::Back { .. } => is_away.store(false, Ordering::Relaxed),
            _ => {}
        }
        say(&format!("woodpile: {notice}"));
    })
}

/// Says what is not in the store.
fn tell(counters: &Counters, spool: Option<&Path>) {
    if let (1.., Some(path)) = (counters.spooled, spool) {
        say(&format!(
            "woodpile: {} in {} until the store is back; the next `woodpile run` or `start` with this \
             store takes them there",
            counted(counters.spooled, "waits", "wait"),
            path.display()
        ));
    }
    let ruled = counters.dropped.of(DropReason::Rule);
    if let Some(ruled) = outcome::of_rules(ruled, counters.masked) {
        say(&format!("woodpile: {ruled}"));
    }
    let lost = counters.dropped.iter().filter(|(reason, _)| *reason != DropReason::Rule);
    for (reason, count) in lost.filter(|(_, count)| *count > 0) {
        say(&format!("woodpile: {} lost: {reason}", counted(count, "is", "are")));
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 log record {one}"),
        count => format!("{count} log records {many}"),
    }
}

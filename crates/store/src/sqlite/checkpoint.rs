//! Moves what was committed from the write-ahead log into the file, on a thread and a connection of its own.

use super::file::File;
use super::format::PAGE_BYTES;
use crate::StoreError;
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Bytes of new log after which some of it is moved.
const CHECKPOINT_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of log from which on writers wait a moment, so that it starts again from its beginning. Under steady
/// writing it would grow for ever.
const MAX_WAL_BYTES: u64 = 64 * 1024 * 1024;

/// A commit writes about as many pages beside its data.
const PAGES_PER_COMMIT: usize = 4;

/// The thread, and how to wake it.
#[derive(Debug)]
pub(super) struct Checkpointer {
    wake: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
    since: usize,
}

impl Checkpointer {
    pub(super) fn start(file: &File) -> Result<Self, StoreError> {
        let connection = file.connect()?;
        let file = file.clone();
        let (wake, woken) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("woodpile-checkpoint".to_owned())
            .spawn(move || checkpoint_when_woken(&file, &connection, &woken))
            .map_err(|error| StoreError::Failed {
                location: "the checkpoint's thread".to_owned(),
                reason: error.to_string(),
            })?;
        Ok(Self { wake: Some(wake), thread: Some(thread), since: 0 })
    }

    /// Takes note that a transaction wrote so many bytes.
    pub(super) fn written(&mut self, bytes: usize) {
        self.since += bytes + PAGES_PER_COMMIT * PAGE_BYTES as usize;
        if self.since >= CHECKPOINT_BYTES
            && let Some(wake) = &self.wake
        {
            self.since = 0;
            // One that is due already does for both.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A checkpoint that fails is made up for by the next; until then the log only grows.
fn checkpoint_when_woken(file: &File, connection: &Connection, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        let _ = checkpoint(connection, "PASSIVE");
        if file.wal_bytes() > MAX_WAL_BYTES {
            let _ = checkpoint(connection, "RESTART");
        }
    }
}

fn checkpoint(connection: &Connection, mode: &str) -> rusqlite::Result<()> {
    connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(()))
}

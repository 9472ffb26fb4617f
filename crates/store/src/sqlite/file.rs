//! A file, and connections to it.

use super::error::{at, folder};
use super::format::Format;
use crate::{OpenOptions, StoreError};
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a connection waits for another process that writes; a transaction takes milliseconds.
const BUSY: Duration = Duration::from_secs(10);

/// How long to wait between attempts to switch a new file to its write-ahead log.
const WAL_RETRY: Duration = Duration::from_millis(10);

/// Attempts to do so, as long as a connection waits for others.
const WAL_ATTEMPTS: u32 = 1_000;

/// Reading connections that are kept open.
const MAX_IDLE: usize = 4;

/// A file of ours that was found to be sound at its head.
#[derive(Debug, Clone)]
pub(super) struct File {
    path: PathBuf,
    access: Access,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Write,
    Read,
    /// In a folder where nothing can be written and nobody writes.
    Immutable,
}

impl File {
    /// Opens the file, makes it where it is missing and `options` say so.
    pub(super) fn open(
        path: &Path,
        options: OpenOptions,
        format: &Format,
    ) -> Result<Self, StoreError> {
        let create = options.create && !options.read_only;
        look(path, create)?;
        let access = if options.read_only { Access::Read } else { Access::Write };
        let mut file = Self { path: path.to_owned(), access };
        let mut connection = file.connect_first(create)?;
        format.ensure(&mut connection, path, create)?;
        if file.access == Access::Write {
            file.ensure_writable(&connection)?;
            file.ensure_wal(&connection)?;
            format.upgrade(&mut connection).map_err(file.error())?;
        }
        Ok(file)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.access != Access::Write
    }

    /// The error about this file.
    pub(super) fn error(&self) -> impl Fn(rusqlite::Error) -> StoreError {
        at(&self.path)
    }

    /// A new connection.
    pub(super) fn connect(&self) -> Result<Connection, StoreError> {
        self.connect_with(OpenFlags::empty()).map_err(self.error())
    }

    /// The first connection; where even reading needs to write, in a read-only folder, one that does not.
    fn connect_first(&mut self, create: bool) -> Result<Connection, StoreError> {
        let flags = if create { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() };
        let connection = self.connect_with(flags).and_then(|connection| {
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
            Ok(connection)
        });
        match connection {
            Err(error) if self.access == Access::Read && self.can_be_immutable(&error) => {
                self.access = Access::Immutable;
                self.connect()
            }
            other => other.map_err(self.error()),
        }
    }

    fn can_be_immutable(&self, error: &rusqlite::Error) -> bool {
        let refused = matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied)
        );
        refused && self.wal_bytes() == 0
    }

    fn connect_with(&self, flags: OpenFlags) -> rusqlite::Result<Connection> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match self.access {
            Access::Immutable => Connection::open_with_flags(
                immutable_uri(&self.path),
                flags | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI,
            )?,
            Access::Read | Access::Write => {
                Connection::open_with_flags(&self.path, flags | OpenFlags::SQLITE_OPEN_READ_WRITE)?
            }
        };
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // Checkpoints have a connection of their own: no append waits for one.
        connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        connection.pragma_update(None, "query_only", self.access != Access::Write)?;
        Ok(connection)
    }

    fn ensure_writable(&self, connection: &Connection) -> Result<(), StoreError> {
        if !connection.is_readonly(MAIN_DB).map_err(self.error())? {
            return Ok(());
        }
        Err(StoreError::ReadOnly {
            location: self.path.display().to_string(),
            reason: "the file is read-only for this user".to_owned(),
        })
    }

    /// The write-ahead log: readers and the one writer do not wait for each other.
    fn ensure_wal(&self, connection: &Connection) -> Result<(), StoreError> {
        let mut attempt = 0;
        let mode: String = loop {
            let set =
                connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0));
            attempt += 1;
            match set {
                // SQLite does not wait here by itself while another process does the same.
                Err(error) if is_busy(&error) && attempt < WAL_ATTEMPTS => {
                    std::thread::sleep(WAL_RETRY);
                }
                other => break other.map_err(self.error())?,
            }
        };
        if mode == "wal" {
            return Ok(());
        }
        Err(StoreError::Failed {
            location: self.path.display().to_string(),
            reason: format!(
                "its file system cannot hold a write-ahead log (journal mode {mode}): use a local disk"
            ),
        })
    }

    /// The size of the write-ahead log.
    pub(super) fn wal_bytes(&self) -> u64 {
        let mut path = self.path.clone().into_os_string();
        path.push("-wal");
        std::fs::metadata(path).map_or(0, |metadata| metadata.len())
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// What can be said before SQLite is asked, more plainly than SQLite says it.
fn look(path: &Path, create: bool) -> Result<(), StoreError> {
    let location = || path.display().to_string();
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            Err(StoreError::NotAStore { location: location(), found: "it is a folder".to_owned() })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && create => {
            if folder(path).is_dir() {
                return Ok(());
            }
            Err(StoreError::Failed {
                location: location(),
                reason: format!("there is no folder {}: make it first", folder(path).display()),
            })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let found = "there is no such file".to_owned();
            Err(StoreError::NotAStore { location: location(), found })
        }
        _ => Ok(()),
    }
}

/// <https://www.sqlite.org/uri.html>
fn immutable_uri(path: &Path) -> String {
    let escaped =
        path.to_string_lossy().replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("file:{escaped}?immutable=1")
}

/// Connections for reading, lent for one portion each.
#[derive(Debug)]
pub(super) struct Readers {
    pub(super) file: File,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(file: File) -> Self {
        Self { file, idle: Mutex::default() }
    }

    /// Lends a connection to `work`.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.file.connect()?,
        };
        let done = work(&connection)?;
        let mut idle = self.idle();
        if idle.len() < MAX_IDLE {
            idle.push(connection);
        }
        Ok(done)
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

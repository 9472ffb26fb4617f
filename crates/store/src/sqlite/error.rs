//! What SQLite says, as a store says it.

use crate::StoreError;
use rusqlite::ErrorCode;
use rusqlite::ffi;
use std::path::Path;

/// Turns SQLite's error about the file at `path` into the store's.
pub(super) fn at(path: &Path) -> impl Fn(rusqlite::Error) -> StoreError {
    move |error| translate(path, &error)
}

fn translate(path: &Path, error: &rusqlite::Error) -> StoreError {
    let location = path.display().to_string();
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full {
            location,
            reason: "the disk that holds it is full: free some space".to_owned(),
        },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Unavailable {
            location,
            reason: "another process has been writing to it for too long".to_owned(),
        },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            StoreError::ReadOnly { location, reason: read_only(error, reason) }
        }
        Some(ErrorCode::NotADatabase) => {
            StoreError::NotAStore { location, found: "the file is of another kind".to_owned() }
        }
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged { place: location, reason },
        Some(ErrorCode::CannotOpen) => StoreError::Failed { location, reason: cannot_open(path) },
        _ => StoreError::Failed { location, reason },
    }
}

fn read_only(error: &rusqlite::Error, reason: String) -> String {
    match error.sqlite_error().map(|error| error.extended_code) {
        Some(ffi::SQLITE_READONLY_DIRECTORY) => {
            "its folder is read-only: a store needs to make files beside it".to_owned()
        }
        Some(ffi::SQLITE_READONLY_DBMOVED) => "the file was moved or deleted meanwhile".to_owned(),
        Some(ffi::SQLITE_READONLY) => "the file is read-only for this user".to_owned(),
        _ => reason,
    }
}

fn cannot_open(path: &Path) -> String {
    let folder = folder(path);
    if folder.is_dir() {
        "the file cannot be opened: may this user read it, and write to its folder?".to_owned()
    } else {
        format!("there is no folder {}: make it, or name another file", folder.display())
    }
}

/// The folder that holds the file.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Whether the error says that part of the file is damaged.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

//! What is wrong with a file is said plainly.
use crate::conformance::records::{batch, numbered, read_all};
use crate::{another_process, told};
use rusqlite::Connection;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use woodpile_store::{
    Identity, Location, OpenOptions, SqliteSpool, SqliteStore, Store, StoreError, open,
};

const WRITE: OpenOptions = OpenOptions::WRITE;
const READ: OpenOptions = OpenOptions::READ;

/// Names the folder of a test in a process that may not write there.
const FOLDER: &str = "WOODPILE_TEST_FOLDER";

/// A user that owns nothing.
const NOBODY: u32 = 65_534;

fn check(make: impl FnOnce(&Path), options: OpenOptions, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    make(&path);
    let Err(error) = SqliteStore::open(&path, &options) else { panic!("opened: {expected}") };
    assert_eq!(error.to_string().replace(&path.display().to_string(), "FILE"), expected);
    assert!(!error.is_temporary());
}

fn make_store(path: &Path) {
    SqliteStore::open(path, &WRITE).unwrap();
}

/// Changes the file behind the store's back.
fn tamper(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn a_file_that_is_no_store_is_left_alone() {
    const REST: &str = "; name another file with --store";
    check(
        |path| std::fs::create_dir(path).unwrap(),
        WRITE,
        &format!("FILE is not a woodpile store: it is a folder{REST}"),
    );
    for text in ["a short text\n".to_owned(), "a line of a log\n".repeat(1_000)] {
        check(
            |path| std::fs::write(path, &text).unwrap(),
            WRITE,
            &format!("FILE is not a woodpile store: the file is of another kind{REST}"),
        );
    }
    check(
        |path| tamper(path, "CREATE TABLE mine (x)"),
        WRITE,
        &format!("FILE is not a woodpile store: it is a SQLite database of another program{REST}"),
    );
    check(
        |path| drop(SqliteSpool::open(path, 1 << 20).unwrap()),
        WRITE,
        &format!("FILE is not a woodpile store: it is a spool, which a store empties{REST}"),
    );
    check(|_| {}, READ, &format!("FILE is not a woodpile store: there is no such file{REST}"));
    check(
        |path| std::fs::write(path, "").unwrap(),
        READ,
        &format!("FILE is not a woodpile store: the file is empty{REST}"),
    );
}

#[test]
fn a_newer_format_is_not_touched() {
    let newer = |path: &Path| {
        make_store(path);
        tamper(path, "PRAGMA user_version = 9");
    };
    let expected =
        "FILE has format 9, newer than the 2 that this woodpile reads: install a newer release";
    check(newer, WRITE, expected);
    check(newer, READ, expected);
}

#[test]
fn a_missing_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let error = SqliteStore::open(&missing.join("logs.db"), &WRITE).unwrap_err();
    let expected = format!("there is no folder {}: make it first", missing.display());
    assert!(error.to_string().ends_with(&expected), "{error}");
}

#[test]
fn an_empty_file_becomes_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    std::fs::write(&path, "").unwrap();
    make_store(&path);
    SqliteStore::open(&path, &READ).unwrap();
}

#[test]
fn what_is_opened_for_reading_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    make_store(&path);
    let store = open(&Location::File(path.clone()), &READ).unwrap();
    let error = store.append(&[("log", &batch(&numbered([1])))], Identity::Fresh).unwrap_err();
    let expected = format!("cannot write to {}: it was opened for reading only", path.display());
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_store_that_another_process_locks_for_long_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    let store = SqliteStore::open(&path, &WRITE).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.append(&[("log", &batch(&numbered([1])))], Identity::Fresh).unwrap_err();
    assert!(error.is_temporary());
    let expected = "another process has been writing to it for too long";
    assert_eq!(error.to_string(), format!("cannot reach {}: {expected}", path.display()));
    other.execute_batch("ROLLBACK").unwrap();
    store.append(&[("log", &batch(&numbered([1])))], Identity::Fresh).unwrap();
}

/// Runs in a process of its own, as a user who may not write: root may write anywhere.
#[test]
fn a_read_only_folder_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    let store = SqliteStore::open(&path, &WRITE).unwrap();
    store.append(&[("log", &batch(&numbered(0..10)))], Identity::Fresh).unwrap();
    drop(store);
    let permit = |mode| {
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    permit(0o555);
    let mut child = another_process("errors::reads_as_nobody");
    child.env(FOLDER, folder.path());
    if std::fs::metadata(&path).unwrap().uid() == 0 {
        child.uid(NOBODY);
    }
    let said = child.output().unwrap();
    permit(0o755);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(String::from_utf8_lossy(&said.stdout).contains("1 passed"), "the child ran no test");
}

#[test]
#[ignore = "run by a_read_only_folder_can_be_read"]
fn reads_as_nobody() {
    let folder = told(FOLDER);
    let path = Path::new(&folder).join("logs.db");
    let store = SqliteStore::open(&path, &READ).unwrap();
    assert_eq!(read_all(&store, "log"), numbered(0..10));

    let error = SqliteStore::open(&path, &WRITE).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    let error = SqliteStore::open(&Path::new(&folder).join("new.db"), &WRITE).unwrap_err();
    let expected = "the file cannot be opened: may this user read it, and write to";
    assert!(error.to_string().contains(expected), "{error}");
}

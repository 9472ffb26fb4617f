//! A packer that is killed at any step, or finds no room, changes nothing or does all of it.

use super::SqliteStore;
use super::failpoint::AT_STEP;
use crate::{BlockId, Identity, NewBlock, OpenOptions, Order, Packing, Prune, Store};
use bson::raw::RawDocumentBuf;
use bson::rawdoc;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use woodpile_block::{Block, Effort, Packer};
use woodpile_record::{Batch, RawDocument};

const FILE: &str = "WOODPILE_TEST_FILE";
const CHANGE: &str = "WOODPILE_TEST_CHANGE";
const STEP: &str = "WOODPILE_TEST_STEP";

/// What a packer changes, each in steps.
const CHANGES: [&str; 3] = ["pack", "merge", "unpack"];
const STEPS: [&str; 4] = ["begun", "inserted", "written", "committed"];

/// The steps of tidying up after a change.
const TIDY_STEPS: [&str; 3] = ["forgotten", "given back", "truncated"];

fn batch(numbers: std::ops::Range<i64>) -> Batch {
    let word = |n: i64| n.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
    let text = |n: i64| format!("{:x}{:x}{:x}", word(n), word(word(n)), word(word(word(n))));
    let record = |n: i64| rawdoc! { "_id": n, "timestamp": n, "message": text(n) };
    let records: Vec<RawDocumentBuf> = numbers.map(record).collect();
    records.iter().map(|record| -> &RawDocument { record }).collect()
}

fn block_of(records: &Batch) -> NewBlock {
    let mut packer = Packer::new(Effort::Quick);
    records.iter().for_each(|record| packer.push(record));
    packer.finish().unwrap().into()
}

/// Two blocks and two hot batches.
fn make(path: &Path) -> SqliteStore {
    let store = SqliteStore::open(path, &OpenOptions::WRITE).unwrap();
    for start in [0, 100, 200, 300] {
        store.append(&[("log", &batch(start..start + 100))], Identity::Fresh).unwrap();
    }
    let mut packing = store.packing("log").unwrap().unwrap();
    for _ in 0..2 {
        let portion = packing.hot(100, usize::MAX).unwrap();
        let block = block_of(&portion.batch);
        packing.pack(portion, block).unwrap();
    }
    drop(packing);
    store.tidy().unwrap();
    store
}

fn change(
    store: &SqliteStore,
    packing: &mut dyn Packing,
    change: &str,
) -> Result<(), crate::StoreError> {
    let ids: Vec<BlockId> = store.blocks("log")?.iter().map(|block| block.id).collect();
    match change {
        "pack" => {
            let portion = packing.hot(usize::MAX, usize::MAX)?;
            let block = block_of(&portion.batch);
            packing.pack(portion, block).map(|_| ())
        }
        "merge" => packing.replace(&ids, vec![block_of(&batch(0..200))]),
        _ => {
            let bytes = store.block("log", ids[0])?.read(0..store.blocks("log")?[0].bytes)?;
            let records = Block::open(bytes).unwrap().unpack(0).unwrap();
            packing.unpack(ids[0], &records)
        }
    }
}

fn export(store: &SqliteStore) -> Vec<u8> {
    let mut rows = store.read("log", &Prune::NONE, Order::OldestFirst).unwrap();
    let mut all = Vec::new();
    while let Some(portion) = rows.next().unwrap() {
        all.extend_from_slice(portion.as_bytes());
    }
    assert_eq!(rows.damage(), []);
    all
}

#[test]
fn a_packer_killed_at_any_step_leaves_everything_there_once() {
    for change in CHANGES {
        for step in STEPS {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("logs.db");
            make(&path);
            kill_at(&path, change, step);
            let store = SqliteStore::open(&path, &OpenOptions::WRITE).unwrap();
            assert_eq!(export(&store), batch(0..400).as_bytes(), "{change}, {step}");
            assert_eq!(store.check(true).unwrap(), [], "{change}, {step}");
            let changed = store.blocks("log").unwrap().len() != 2;
            assert_eq!(changed, step == "committed", "{change}, {step}");
        }
    }
}

/// Forgets every third record: one hot batch, then the other; then of one of the blocks.
fn forget(
    store: &SqliteStore,
    packing: &mut dyn Packing,
    what: &str,
) -> Result<(), crate::StoreError> {
    if what == "forget hot" {
        return packing.forget_hot(&Prune::NONE, &mut is_third).map(drop);
    }
    let first = &store.blocks("log")?[0];
    let left = block_of(&batch(0..100).iter().filter(|record| !is_third(record)).collect());
    packing.forget(&[first.id], vec![left])
}

fn is_third(record: &RawDocument) -> bool {
    number(record) % 3 == 0
}

fn number(record: &RawDocument) -> i64 {
    record.get_i64("_id").unwrap()
}

/// A batch or a block at a time, each at once or not at all; all else stays.
#[test]
fn who_is_killed_while_forgetting_leaves_all_else_there_once() {
    let is_left = |record: &&RawDocument, from: i64, to: i64| {
        !(is_third(record) && (from..to).contains(&number(record)))
    };
    for (what, range) in [("forget hot", 200..300), ("forget", 0..100)] {
        for step in ["begun", "written", "committed"] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("logs.db");
            make(&path);
            kill_at(&path, what, step);
            let store = SqliteStore::open(&path, &OpenOptions::WRITE).unwrap();
            let gone = if step == "committed" { range.clone() } else { 0..0 };
            let all = batch(0..400);
            let left: Batch = all.iter().filter(|it| is_left(it, gone.start, gone.end)).collect();
            assert_eq!(export(&store), left.as_bytes(), "{what}, {step}");
            assert_eq!(store.check(true).unwrap(), [], "{what}, {step}");
        }
    }
}

#[test]
fn who_is_killed_while_tidying_leaves_everything_there_once() {
    for step in TIDY_STEPS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs.db");
        make(&path);
        kill_at(&path, "tidy", step);
        let store = SqliteStore::open(&path, &OpenOptions::WRITE).unwrap();
        assert_eq!(export(&store), batch(0..400).as_bytes(), "{step}");
        assert_eq!(store.check(true).unwrap(), [], "{step}");
        assert_eq!(store.blocks("log").unwrap().len(), 3, "{step}");
        store.tidy().unwrap();
        assert_eq!(export(&store), batch(0..400).as_bytes(), "{step}");
    }
}

/// Runs the change in another process, waits until it says that it reached the step, and kills it there.
fn kill_at(path: &Path, change: &str, step: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sqlite::killed::packs_until_killed", "--ignored", "--nocapture"])
        .env(FILE, path)
        .env(CHANGE, change)
        .env(STEP, step)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reached = lines.map_while(Result::ok).any(|line| line.contains("reached the step"));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(reached, "{change} has no step {step}");
}

#[expect(clippy::disallowed_methods, reason = "how a test tells its child what to do")]
fn told(name: &str) -> String {
    std::env::var(name).unwrap()
}

/// The step at which this process waits to be killed.
static WAIT_AT: OnceLock<String> = OnceLock::new();

/// Says that the step was reached, and waits for the end.
fn wait_if_reached(step: &str) {
    if WAIT_AT.get().is_some_and(|wanted| wanted == step) {
        std::io::stdout().lock().write_all(b"reached the step\n").unwrap();
        loop {
            std::thread::park();
        }
    }
}

#[test]
#[ignore = "run and killed by the other tests"]
fn packs_until_killed() {
    let store = SqliteStore::open(Path::new(&told(FILE)), &OpenOptions::WRITE).unwrap();
    let mut packing = store.packing("log").unwrap().unwrap();
    let name = told(CHANGE);
    if name == "tidy" {
        change(&store, &mut *packing, "pack").unwrap();
    }
    WAIT_AT.set(told(STEP)).unwrap();
    AT_STEP.set(wait_if_reached).unwrap();
    match name.as_str() {
        "tidy" => store.tidy().unwrap(),
        name if name.starts_with("forget") => forget(&store, &mut *packing, name).unwrap(),
        name => change(&store, &mut *packing, name).unwrap(),
    }
}

#[test]
fn a_full_disk_changes_nothing() {
    for name in CHANGES {
        let folder = tempfile::tempdir().unwrap();
        let store = make(&folder.path().join("logs.db"));
        let set_limit = |pages: u32| {
            let committer = store.appender().unwrap().committer();
            let set = |connection: &rusqlite::Connection| {
                connection.pragma_update(None, "max_page_count", pages)
            };
            committer.with_connection(set).unwrap();
        };
        let blocks = store.blocks("log").unwrap();
        let mut packing = store.packing("log").unwrap().unwrap();
        set_limit(1);
        let error = change(&store, &mut *packing, name).unwrap_err();
        assert!(matches!(error, crate::StoreError::Full { .. }), "{name}: {error}");
        assert_eq!(store.blocks("log").unwrap(), blocks, "{name}");
        assert_eq!(export(&store), batch(0..400).as_bytes(), "{name}");
        set_limit(1_000_000);
        change(&store, &mut *packing, name).unwrap();
        assert_eq!(export(&store), batch(0..400).as_bytes(), "{name}");
        assert_ne!(store.blocks("log").unwrap(), blocks, "{name}");
    }
}

//! Whoever dies between two steps of packing leaves a store that reads as before, and that the next one repairs.

use super::{BYTES, block_of, lease, pack};
use crate::outage::BOUNDS;
use crate::support::{append, batch, fresh_store, read_all, record, with_driver};
use bson::{Document, doc};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use woodpile_store::{MongoStore, Packing, Store};
use woodpile_test_support::Ferret;

const URI: &str = "WOODPILE_TEST_PACKING_URI";
const LAST_STEP: &str = "WOODPILE_TEST_PACKING_STEP";
const RECORDS: u32 = 300;
/// What the process says when it has taken so many steps, and waits to be killed.
const REACHED: &str = "reached the step";

/// More steps than packing has here.
const MOST_STEPS: u32 = 40;

#[test]
fn a_kill_between_any_two_steps_changes_nothing() {
    let mut steps = 0;
    loop {
        let Some((uri, store)) = fresh_store() else { return };
        append(&store, &batch((0..RECORDS).map(record)));
        let finished = pack_and_die(&uri, steps);
        check_repaired(&uri, steps);
        if finished {
            break;
        }
        steps += 1;
        assert!(steps < MOST_STEPS, "it never ends");
    }
    assert!(steps > 10, "only {steps} steps were reached");
}

/// Whether another process packed, merged and unpacked to the end; else it was killed when it had taken so many steps.
fn pack_and_die(uri: &str, steps: u32) -> bool {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "packing::crash::packs_until_killed", "--ignored", "--nocapture"])
        .env(URI, uri)
        .env(LAST_STEP, steps.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reached = lines.map_while(Result::ok).any(|line| line.contains(REACHED));
    if reached {
        child.kill().unwrap();
    }
    let status = child.wait().unwrap();
    assert!(reached != status.success(), "step {steps}: {status}");
    !reached
}

fn check_repaired(uri: &str, steps: u32) {
    let store = MongoStore::new(uri).unwrap().with_patience(Duration::ZERO);
    let expected: Vec<_> = (0..RECORDS).map(record).collect();
    assert_eq!(read_all(&store), expected, "killed at step {steps}");
    drop(store.packing("log").unwrap());
    drop(store.packing("log").unwrap().unwrap());
    assert_eq!(read_all(&store), expected, "repaired after step {steps}");
    let stats = &store.collections().unwrap()[0];
    assert_eq!(stats.records, u64::from(RECORDS), "a copy was left at step {steps}");
    assert_eq!(store.check(true).unwrap(), []);
    assert_eq!(unnamed_chunks(uri), 0, "chunks were left at step {steps}");
}

/// How many chunks belong to no block that the root names.
fn unnamed_chunks(uri: &str) -> usize {
    with_driver(uri, |database| async move {
        let own = database.collection::<Document>("woodpile");
        let root = own.find_one(doc! { "_id": "root:log" }).await?.unwrap();
        let named: Vec<i64> = ["blocks", "garbage"]
            .iter()
            .flat_map(|key| root.get_array(key).unwrap())
            .map(|block| block.as_document().unwrap().get_i64("id").unwrap())
            .collect();
        let mut chunks = database.collection::<Document>("log.blocks").find(doc! {}).await?;
        let mut unnamed = 0;
        while chunks.advance().await? {
            let chunk = chunks.deserialize_current()?;
            let block = chunk.get_document("_id").unwrap().get_i64("b").unwrap();
            unnamed += usize::from(!named.contains(&block));
        }
        Ok(unnamed)
    })
}

#[test]
#[ignore = "run and killed by a_kill_between_any_two_steps_changes_nothing"]
#[expect(clippy::disallowed_methods, reason = "how a test tells its child what to do")]
fn packs_until_killed() {
    let uri = std::env::var(URI).unwrap();
    let last: u32 = std::env::var(LAST_STEP).unwrap().parse().unwrap();
    let taken = AtomicU32::new(0);
    let store = MongoStore::new(&uri).unwrap().with_steps(move |_| {
        if taken.fetch_add(1, Ordering::SeqCst) == last {
            std::io::stdout().lock().write_all(format!("{REACHED}\n").as_bytes()).unwrap();
            loop {
                std::thread::park();
            }
        }
    });
    let mut packing = lease(&store);
    let ids = pack(&mut *packing, 100);
    let [first, second, third] = ids.as_slice() else { panic!("three blocks: {ids:?}") };
    let merged = batch((0..200).map(record));
    packing.replace(&[*first, *second], vec![block_of(&merged)]).unwrap();
    packing.unpack(*third, &batch((200..RECORDS).map(record))).unwrap();
}

/// A server that freezes while a block is made: nobody knows what became of the last request.
#[test]
fn a_server_that_freezes_at_any_step_is_an_error_and_nothing_is_lost() {
    for step in ["chunks written", "swapped in as dirty", "hot copies deleted"] {
        let Some(ferret) = Ferret::start() else { return };
        let ferret = Arc::new(Mutex::new(ferret));
        let uri = format!("{}logs?{BOUNDS}", ferret.lock().unwrap().uri());
        let freezer = ferret.clone();
        let armed = AtomicU32::new(1);
        let store = MongoStore::new(&uri).unwrap().with_steps(move |taken| {
            if taken == step && armed.swap(0, Ordering::SeqCst) == 1 {
                freezer.lock().unwrap().freeze();
            }
        });
        append(&store, &batch((0..RECORDS).map(record)));
        let mut packing = lease(&store);
        let portion = packing.hot(100, BYTES).unwrap();
        let block = block_of(&portion.batch);
        let error = packing.pack(portion, block).unwrap_err();
        assert!(error.is_temporary(), "{step}: {error}");
        ferret.lock().unwrap().thaw();
        pack_when_back(&mut *packing);
        let expected: Vec<_> = (0..RECORDS).map(record).collect();
        assert!(read_all(&store) == expected, "{step}");
        assert_eq!(store.collections().unwrap()[0].hot_records, 0, "{step}");
    }
}

/// Packs when the server answers again; each attempt is bounded by itself.
fn pack_when_back(packing: &mut dyn Packing) {
    while let Err(error) = packing.hot(1, BYTES) {
        assert!(error.is_temporary(), "{error}");
    }
    pack(packing, 100);
}

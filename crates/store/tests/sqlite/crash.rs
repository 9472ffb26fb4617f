//! A process that is killed at any moment loses nothing that was acknowledged, and leaves a store that opens.

use crate::conformance::records::{batch, id, raw, read_all, shown};
use crate::{another_process, told};
use bson::raw::RawDocumentBuf;
use bson::{DateTime, doc};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use woodpile_store::{Identity, OpenOptions, SqliteStore, Store};

const FILE: &str = "WOODPILE_TEST_FILE";
const START: &str = "WOODPILE_TEST_START";

/// How often a process is killed.
const ROUNDS: u32 = 40;

/// Record numbers of a round.
const ROUND_NUMBERS: u32 = 10_000_000;

/// Record numbers of one of the two threads of a round.
const THREAD_NUMBERS: u32 = ROUND_NUMBERS / 2;

/// A record whose content follows from its number.
fn numbered(number: u32) -> RawDocumentBuf {
    let word = number.wrapping_mul(2_654_435_761);
    raw(&doc! {
        "_id": id(number),
        "timestamp": DateTime::from_millis(i64::from(word % 1_000_000)),
        "message": format!("number {number} {}", format!("{word:x} ").repeat((word % 40) as usize)),
    })
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let acks = run_and_kill(&path, round);
        let store = SqliteStore::open(&path, &OpenOptions::WRITE).unwrap();
        let found = found_in_round(&store, round);
        for number in acks {
            assert_eq!(found.get(&number), Some(&1), "record {number} of round {round}");
            acknowledged += 1;
        }
        assert!(found.values().all(|&times| times == 1), "a record twice in round {round}");
        assert_eq!(store.check(round == ROUNDS - 1).unwrap(), []);
    }
    assert!(acknowledged > ROUNDS, "{acknowledged} records were acknowledged at all");
}

/// Starts a process that appends, kills it after a moment, and gives the numbers that it said were durable.
fn run_and_kill(path: &Path, round: u32) -> Vec<u32> {
    let mut child = another_process("crash::appends_until_killed")
        .env(FILE, path)
        .env(START, (round * ROUND_NUMBERS).to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut acks: Vec<u32> = Vec::new();
    // Another number of appends each time, and then a moment within one.
    let wanted = round * 7 % 23;
    let mut seen = 0;
    while seen < wanted
        && let Some(line) = lines.next()
    {
        seen += u32::from(acks_of(&line, &mut acks));
    }
    std::thread::sleep(std::time::Duration::from_micros(u64::from(round) * 373 % 9_000));
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines {
        acks_of(&line, &mut acks);
    }
    acks
}

/// Adds the numbers that a line acknowledges.
fn acks_of(line: &str, acks: &mut Vec<u32>) -> bool {
    // libtest may have put its own words before the first.
    let Some((_, range)) = line.split_once("durable ") else { return false };
    let Some((start, end)) = range.strip_suffix('.').and_then(|range| range.split_once(' ')) else {
        return false;
    };
    acks.extend(start.parse::<u32>().unwrap()..end.parse().unwrap());
    true
}

/// How often each record of a round is there; what is there is whole.
fn found_in_round(store: &SqliteStore, round: u32) -> BTreeMap<u32, u32> {
    let mut found = BTreeMap::new();
    for record in read_all(store, &format!("round {round}")) {
        let [.., a, b, c, d] = record.get_object_id("_id").unwrap().bytes();
        let number = u32::from_be_bytes([a, b, c, d]);
        assert_eq!(shown(&[record]), shown(&[numbered(number)]));
        *found.entry(number).or_default() += 1;
    }
    found
}

#[test]
#[ignore = "run and killed by what_was_acknowledged_survives_a_kill"]
fn appends_until_killed() {
    let start: u32 = told(START).parse().unwrap();
    let store = SqliteStore::open(Path::new(&told(FILE)), &OpenOptions::WRITE).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..2 {
            let store = &store;
            scope.spawn(move || append_for_ever(store, start, start + thread * THREAD_NUMBERS));
        }
    });
}

fn append_for_ever(store: &SqliteStore, round_start: u32, start: u32) {
    let collection = format!("round {}", round_start / ROUND_NUMBERS);
    let mut next = start;
    while next < start + THREAD_NUMBERS {
        let count = [1, 3, 40, 700, 2][next as usize % 5];
        let records: Vec<_> = (next..next + count).map(numbered).collect();
        let identity = if count == 3 { Identity::Brought } else { Identity::Fresh };
        store.append(&[(&collection, &batch(&records))], identity).unwrap();
        // One write, so that a line is there whole or not at all.
        let line = format!("durable {next} {}.\n", next + count);
        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
        next += count;
    }
}

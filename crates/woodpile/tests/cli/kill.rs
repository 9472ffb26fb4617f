//! `kill -9` at any moment: what was stored stays, once, and the store opens at once.

use crate::harness::{Home, grouped};
use crate::pack::export;
use crate::run::home;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::process::Stdio;
use std::time::{Duration, Instant};
use woodpile_test_support::{kill_after, kills};

/// How often `run` is killed in one store.
const ROUNDS: usize = 20;

/// The numbers stored of each round. A line is `round number`; none may be there twice, or out of its order,
/// or without those before it.
#[track_caller]
fn stored(home: &Home) -> HashMap<usize, usize> {
    let mut counts = HashMap::new();
    for message in home.messages() {
        let (round, number) = message.split_once(' ').unwrap();
        let count = counts.entry(round.parse().unwrap()).or_insert(0);
        assert_eq!(number.parse(), Ok(*count), "in round {round}");
        *count += 1;
    }
    counts
}

#[test]
fn what_was_stored_when_run_is_killed_stays_once() {
    let rounds = kills() as usize;
    for first in (0..rounds).step_by(ROUNDS) {
        kill_in_one_store(first..rounds.min(first + ROUNDS));
    }
}

fn kill_in_one_store(rounds: Range<usize>) {
    let home = home();
    let mut acknowledged = HashMap::new();
    for round in rounds {
        kill_in_round(&home, round, &mut acknowledged);
        let found = stored(&home);
        for (round, count) in &acknowledged {
            assert!(found.get(round) >= Some(count), "round {round} lost some of its {count}");
        }
        acknowledged = found;
    }
    assert!(acknowledged.values().sum::<usize>() > 0, "nothing was ever stored before a kill");
    home.run(["run", "echo", "1000000 0"]).succeeds();
    assert_eq!(stored(&home).get(&1_000_000), Some(&1));
}

/// Runs a generator of numbered lines and kills `run` at a moment that differs from round to round, by what was
/// printed and not by the clock. What another process saw in the store before is acknowledged.
fn kill_in_round(home: &Home, round: usize, acknowledged: &mut HashMap<usize, usize>) {
    // Some thousand lines a second, so that kills fall before, into and after commits.
    let script = format!(
        "i=0; while :; do echo {round} $i; i=$((i+1)); case $i in *00) sleep 0.01; esac; done"
    );
    let mut child = home.command(["run", "--", "sh", "-c", &script]).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut printed = lines.skip(round * 7919 % 4_000);
    assert!(printed.next().is_some());
    if round.is_multiple_of(3) {
        *acknowledged = stored(home);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Records of an import: with their length, two commits.
const RECORDS: u64 = 1_500;
/// Words of each.
const WORDS: u64 = 300;
/// About what an import writes to the store's write-ahead log.
const LOG_BYTES: u64 = 4_000_000;

/// A line as an export writes it, which hardly compresses; all of it follows from the number.
fn exported(number: u64) -> String {
    let word = |index: u64| (number * WORDS + index + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let words: Vec<_> = (0..WORDS).map(|index| format!("{:016x}", word(index))).collect();
    let message = words.concat();
    format!(
        "{{\"_id\":{{\"$oid\":\"65f0{number:0>20}\"}},\"_collection\":\"audit\",\"message\":\"{message}\"}}\n"
    )
}

#[test]
fn an_import_that_is_killed_and_run_again_stores_every_record_once() {
    let lines: Vec<String> = (0..RECORDS).map(exported).collect();
    let mut stored_before = 0;
    for round in 0..kills() {
        stored_before += kill_an_import(&lines, round);
    }
    assert!(stored_before > 0, "nothing was ever stored before a kill");
}

/// Kills an import when it has written so much, another amount in each round; gives how many records it had stored.
fn kill_an_import(lines: &[String], round: u32) -> usize {
    let home = Home::new();
    home.write("all.ndjson", lines.concat());
    let mut child = home.command(["import", "all.ndjson"]).spawn().unwrap();
    let wanted = u64::from(round) * 1_299_709 % LOG_BYTES;
    let written = || home.path("woodpile.db-wal").metadata().map_or(0, |log| log.len());
    while written() < wanted && child.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    // What another process saw is acknowledged.
    let acknowledged = if round.is_multiple_of(3) { exported_lines(&home) } else { Vec::new() };
    kill_after(&mut child, round).unwrap();

    let found = exported_lines(&home);
    assert!(found.windows(2).all(|pair| pair[0] < pair[1]), "a record twice in round {round}");
    assert!(found.iter().all(|line| lines.binary_search(line).is_ok()), "torn in round {round}");
    let is_found = |line| found.binary_search(line).is_ok();
    assert!(acknowledged.iter().all(is_found), "a record is gone in round {round}");

    let again = home.run(["import", "all.ndjson"]).succeeds();
    if !found.is_empty() {
        again.says(&format!("; {} were there already", grouped(found.len())));
    }
    assert!(exported_lines(&home) == lines, "every record is there once after round {round}");
    found.len()
}

/// What is stored; nothing if the import was killed while it made the file.
fn exported_lines(home: &Home) -> Vec<String> {
    if !home.path("woodpile.db").metadata().is_ok_and(|file| file.len() > 0) {
        return Vec::new();
    }
    let stdout = home.run(["export"]).succeeds().stdout;
    stdout.split_inclusive('\n').map(str::to_owned).collect()
}

/// Records that are packed and unpacked: with so many, each has several steps.
const PACKED: u32 = 40_000;

#[test]
fn what_is_packed_or_unpacked_when_that_is_killed_stays_the_same() {
    let hot = crate::pack::home(PACKED);
    let packed = copy(&hot);
    packed.run(["pack", "--all"]).succeeds();
    let whole = export(&hot);
    let commands = [
        (&hot, &["pack", "--all"][..]),
        (&hot, &["pack"][..]),
        (&packed, &["unpack", "access-log"][..]),
    ];
    let took = commands.map(|(from, args)| how_long(from, args));
    let mut torn = 0;
    for (round, index) in (0..kills()).zip((0..commands.len()).cycle()) {
        let (from, args) = commands[index];
        torn += u32::from(kill_while(from, args, took[index], &whole, round));
    }
    assert!(torn > 0, "no kill ever came in the middle");
}

/// Another home with the same store.
pub(crate) fn copy(home: &Home) -> Home {
    let copy = Home::new();
    for name in ["woodpile.db", "woodpile.db-wal"] {
        if home.path(name).exists() {
            std::fs::copy(home.path(name), copy.path(name)).unwrap();
        }
    }
    copy
}

/// Kills a command in a copy of the store at a moment that differs from round to round. What is stored must be the
/// same; says whether it is partly hot and partly packed.
fn kill_while(from: &Home, args: &[&str], took: Duration, whole: &str, round: u32) -> bool {
    let home = copy(from);
    let mut child = home.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(took.mul_f64(f64::from(round * 37 % 100) / 100.0));
    kill_after(&mut child, round).unwrap();
    assert!(export(&home) == whole, "another export after {args:?}, round {round}");
    home.run(["check", "--deep"]).succeeds();
    let stats = home.run(["stats", "--json"]).succeeds().json_lines().remove(0);
    let access = &stats["collections"][0];
    assert_eq!(access["records"], PACKED, "after {args:?}, round {round}");
    access["hot_records"] != 0 && access["packed_records"] != 0
}

/// How long the command takes if nobody kills it.
#[expect(clippy::disallowed_methods, reason = "the moments of the kills go by it")]
fn how_long(from: &Home, args: &[&str]) -> Duration {
    let home = copy(from);
    let started = Instant::now();
    home.run(args).succeeds();
    started.elapsed()
}

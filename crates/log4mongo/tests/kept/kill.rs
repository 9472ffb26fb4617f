//! `kill -9` at any moment: what a flush acknowledged stays, once, and the store opens at once.

use crate::home::{Home, records, text, trace};
use log4mongo::Log4Mongo;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::process::{Command, Stdio};
use woodpile_test_support::{kill_after, kills};

const APPLICATION: &str = "application-log";
/// Name the store of the child process, and its round.
const CHILD_STORE: &str = "LOG4MONGO_TEST_STORE";
const CHILD_ROUND: &str = "LOG4MONGO_TEST_ROUND";
/// How many records the child logs before each flush, in turn.
const STEPS: [u32; 5] = [1, 3, 40, 700, 2];
/// How often it is killed in one store.
const ROUNDS: u32 = 10;
/// At most so many flushes go before a kill.
const FLUSHES: u32 = 23;

#[test]
fn what_was_flushed_when_a_program_is_killed_stays_once() {
    let rounds = kills();
    for first in (0..rounds).step_by(ROUNDS as usize) {
        kill_in_one_store(first..rounds.min(first + ROUNDS));
    }
}

fn kill_in_one_store(rounds: Range<u32>) {
    let home = Home::new();
    home.log(|_| ()); // The first kill may come before there is a file.
    let mut acknowledged = HashMap::new();
    for round in rounds {
        acknowledged.insert(round, log_and_kill(&home, round));
        check_all(&home, &acknowledged);
    }
    assert!(acknowledged.values().any(|&count| count > 0), "nothing was ever acknowledged");
}

/// Starts a program that logs, kills it after a moment, and gives how many of its records it said were durable.
fn log_and_kill(home: &Home, round: u32) -> u32 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "kill::child_that_logs_until_killed"])
        .env(CHILD_STORE, home.store())
        .env(CHILD_ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut acks = lines.filter_map(|line| acknowledged_by(&line));
    let wanted = round * 7 % FLUSHES;
    let seen = acks.by_ref().take(wanted as usize).last();
    kill_after(&mut child, round).unwrap();
    acks.last().or(seen).unwrap_or(0)
}

/// The records that are durable as this line says, which a kill may have cut off.
fn acknowledged_by(line: &str) -> Option<u32> {
    // libtest may have put its own words before the first.
    let (_, count) = line.split_once("durable ")?;
    count.strip_suffix('.')?.parse().ok()
}

/// Of each round, records number 0 to some other are there in their order, once, with all that was acknowledged.
fn check_all(home: &Home, acknowledged: &HashMap<u32, u32>) {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for record in records(&home.store(), APPLICATION) {
        let said = text(record.as_document(), "message");
        let (round, number) = said.split_once(' ').unwrap();
        let count = counts.entry(round.parse().unwrap()).or_default();
        assert_eq!(number.parse(), Ok(*count), "in round {round}");
        *count += 1;
    }
    for (round, acknowledged) in acknowledged {
        let found = counts.get(round).copied().unwrap_or_default();
        assert!(found >= *acknowledged, "round {round} lost some of its {acknowledged}: {found}");
    }
}

#[test]
#[ignore = "the test above runs it, as a process of its own"]
#[expect(clippy::disallowed_methods, reason = "the parent tells where the store is")]
fn child_that_logs_until_killed() {
    let Ok(store) = std::env::var(CHILD_STORE) else { return };
    let round: u32 = std::env::var(CHILD_ROUND).unwrap().parse().unwrap();
    let (log, _guard) = log4mongo::builder().store(store).build().unwrap();
    trace(&log, || log_for_ever(&log, round));
}

fn log_for_ever(log: &Log4Mongo, round: u32) {
    let mut number = 0;
    for step in STEPS.into_iter().cycle() {
        for number in number..number + step {
            tracing::info!(round, number, "{round} {number}");
        }
        number += step;
        log.flush().unwrap();
        // One write, so that a line is there whole or not at all.
        std::io::stdout().lock().write_all(format!("durable {number}.\n").as_bytes()).unwrap();
    }
}

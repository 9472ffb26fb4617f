//! `kill -9` at any moment: what was stored stays, once, and the store opens at once.

use crate::harness::Home;
use crate::run::{environment, home};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::ops::Range;

/// How often by default, and in one store; `WOODPILE_TEST_KILLS` says how often else.
const ROUNDS: usize = 20;

fn rounds() -> usize {
    let asked = environment("WOODPILE_TEST_KILLS");
    asked.and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}

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
    let rounds = rounds();
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

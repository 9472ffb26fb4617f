//! What should never have been logged goes, and nothing else.

use crate::harness::Home;
use crate::pack::export;
use std::time::{Duration, Instant};
use woodpile_test_support::{kill_after, kills};

const LINES: u32 = 3_000;

/// Part of the lines packed, the rest hot.
fn half_packed() -> Home {
    let home = crate::pack::home(LINES);
    home.run(["pack"]).succeeds();
    crate::pack::import(&home, LINES..LINES + 1_000);
    home
}

/// The lines of an export that have none of a path.
fn without(export: &str, path: &str) -> String {
    let path = format!("GET {path} HTTP");
    export.split_inclusive('\n').filter(|line| !line.contains(&path)).collect()
}

#[test]
fn without_yes_it_only_counts() {
    let home = half_packed();
    let before = export(&home);
    let counted = home.run(["forget", "path:/p/7"]).succeeds();
    let records = (0..LINES + 1_000).filter(|n| n % 41 == 7).count();
    let stdout = &counted.stdout;
    assert!(stdout.starts_with(&format!("access-log: {records} records, from ")), "{stdout}");
    counted.says(&format!("{records} records would be removed for good: `--yes` removes them"));
    assert!(export(&home) == before);
}

#[test]
fn with_yes_what_matches_is_gone_hot_and_packed_and_all_else_is_as_it_was() {
    let home = half_packed();
    let before = export(&home);
    let records = (0..LINES + 1_000).filter(|n| n % 41 == 7).count();
    home.run(["forget", "--yes", "path:/p/7"])
        .succeeds()
        .prints(&format!("access-log: {records} records removed\n"));
    let left = without(&before, "/p/7");
    assert!(export(&home) == left);
    home.run(["check", "--deep"]).succeeds();
    home.run(["forget", "--yes", "path:/p/7"]).code(1).prints("").says("nothing matches");
    home.run(["forget", "path:/p/7"]).code(1).says("nothing matches");
    home.run(["pack", "--all"]).succeeds();
    assert!(export(&home) == left);
}

#[test]
fn a_collection_and_a_time_are_heeded() {
    let home = half_packed();
    home.run(["forget", "*", "--collection", "error-log"]).code(1).says("nothing matches");
    home.run(["forget", "--yes", "time:<2026-11-22T07:10:00Z"]).succeeds();
    let left = export(&home);
    assert!(!left.contains("07:09:59") && left.contains("07:10:00"));
    home.run(["forget", "--yes", "*"]).succeeds();
    home.run(["export"]).succeeds().prints("");
}

#[test]
fn what_is_no_query_is_refused() {
    let home = Home::with(&["app.log"]);
    home.run(["forget", "status:>"]).code(2).says("error: column 9: expected a value after >");
    home.run(["forget", "a", "|", "top", "path"]).code(2).says("forget takes no pipes");
    home.run(["forget", " "]).code(2).says("which records?");
    home.run(["forget"]).code(2);
    Home::new().run(["forget", "a"]).code(3).says("is not there yet");
}

/// Records that are forgotten from: with so many, it has several steps.
const MANY: u32 = 40_000;

#[test]
fn forgetting_that_is_killed_loses_nothing_else_and_can_be_done_again() {
    let from = crate::pack::home(MANY);
    from.run(["pack"]).succeeds();
    crate::pack::import(&from, MANY..MANY + 20_000);
    let whole = export(&from);
    let left = without(&whole, "/p/7");
    let took = how_long(&from);
    let mut torn = 0;
    for round in 0..kills() {
        torn += u32::from(kill_while_forgetting(&from, took, (&whole, &left), round));
    }
    assert!(torn > 0, "no kill ever came in the middle");
}

/// Kills it at a moment that differs from round to round; says whether it was in the middle.
fn kill_while_forgetting(
    from: &Home,
    took: Duration,
    (whole, left): (&str, &str),
    round: u32,
) -> bool {
    let home = crate::kill::copy(from);
    let mut child = home.command(["forget", "--yes", "path:/p/7"]).spawn().unwrap();
    std::thread::sleep(took.mul_f64(f64::from(round * 37 % 100) / 100.0));
    kill_after(&mut child, round).unwrap();
    let found = export(&home);
    assert!(without(&found, "/p/7") == left, "something else is gone or torn in round {round}");
    let mut all = whole.lines();
    assert!(found.lines().all(|line| all.any(|other| other == line)), "round {round}");
    home.run(["check", "--deep"]).succeeds();

    // The lease of the dead is taken when it has stood still for long: a copy of the file has none to wait for.
    found.len() != left.len() && found.len() != whole.len()
}

/// How long it takes if nobody kills it.
#[expect(clippy::disallowed_methods, reason = "the moments of the kills go by it")]
fn how_long(from: &Home) -> Duration {
    let home = crate::kill::copy(from);
    let started = Instant::now();
    home.run(["forget", "--yes", "path:/p/7"]).succeeds();
    started.elapsed()
}

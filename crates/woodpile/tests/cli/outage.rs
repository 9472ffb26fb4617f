//! A database that is away: the command does not feel it, and nothing is lost.

use crate::harness::Home;
use crate::run::home;
use woodpile_test_support::Ferret;

/// A folder whose store is this database, with its state beside it.
fn with_store(uri: &str) -> Home {
    let home = home().variable("MONGODB_URI", uri);
    let state = home.path("state").to_str().unwrap().to_owned();
    home.variable("XDG_STATE_HOME", &state)
}

/// Nothing listens there: port 9 is that of the discard service.
const NOWHERE: &str = "mongodb://user:secret@127.0.0.1:9/logs";

#[test]
fn a_command_runs_without_the_database_and_its_output_waits_in_the_spool() {
    let home = with_store(NOWHERE);
    let outcome = home.run(["run", "--", "sh", "-c", "echo kept; exit 5"]);
    assert!(!outcome.stderr.contains("secret"), "{outcome:?}");
    outcome.code(5).prints("kept\n").says("1 log record waits in ").says("127.0.0.1:9");
}

#[test]
fn where_the_disk_does_not_last_what_is_not_stored_is_said() {
    let home = with_store(NOWHERE).variable("DYNO", "web.1");
    let outcome = home.run(["run", "--", "sh", "-c", "echo lost; exit 5"]);
    outcome.code(5).prints("lost\n").says("not yet stored: 1 log record");
}

#[test]
fn a_command_runs_where_there_is_no_room_for_a_spool() {
    let home = with_store(NOWHERE).variable("XDG_STATE_HOME", "/dev/null");
    let outcome = home.run(["run", "--", "sh", "-c", "echo lost; exit 5"]);
    let outcome = outcome.code(5).prints("lost\n").says("no spool for outages of the store: ");
    outcome
        .says("/dev/null/woodpile: cannot make this folder")
        .says("not yet stored: 1 log record");
}

#[test]
fn what_was_printed_during_an_outage_is_stored_after_it() {
    let Some(mut ferret) = Ferret::start() else { return };
    let home = with_store(&format!("{}outage", ferret.uri()));
    ferret.kill();
    home.run(["run", "seq", "1", "500"]).succeeds().says("500 log records wait in ");
    ferret.restart();
    home.run(["run", "seq", "501", "1000"]).succeeds();
    let expected: Vec<_> = (1..=1000).map(|number| number.to_string()).collect();
    assert_eq!(home.messages(), expected);
}

#[test]
fn a_command_that_prints_faster_than_the_database_takes_loses_nothing() {
    let Some(uri) = woodpile_test_support::fresh_database() else { return };
    let home = with_store(&uri);
    // More than wait in memory.
    let outcome = home.run(["run", "seq", "1", "150000"]).succeeds();
    assert!(!outcome.stderr.contains("lost"), "{}", outcome.stderr);
    // Other runs take what may still wait in the spool, as much as the database takes while they end.
    let most_runs = 60;
    let waits = (0..most_runs).find(|_| {
        let outcome = home.run(["run", "true"]).succeeds();
        !outcome.stderr.contains("log records wait in ")
    });
    assert!(waits.is_some(), "the spool is not empty after {most_runs} runs");
    let stats = home.run(["stats", "--json"]).succeeds();
    assert_eq!(stats.json_lines()[0]["collections"][0]["records"], 150_000);
}

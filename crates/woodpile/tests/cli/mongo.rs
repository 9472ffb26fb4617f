//! The same commands on MongoDB.

use crate::harness::{Home, data};
use std::io::{BufRead, BufReader};
use woodpile_test_support::fresh_database;

const ALL: &[&str] = &["access.log", "app.log", "gunicorn.log", "events.ndjson"];

/// A home whose store is a database of its own; `None` where there is no engine.
fn home() -> Option<Home> {
    Some(Home::new().variable("MONGODB_URI", &fresh_database()?))
}

fn import(home: &Home, captures: &[&str]) {
    for capture in captures {
        home.run(["import", data(capture).to_str().unwrap()]).succeeds();
    }
}

#[test]
fn export_import_export_is_the_identity() {
    let (Some(first), Some(second)) = (home(), home()) else { return };
    import(&first, ALL);
    let exported = first.run(["export"]).succeeds().stdout;
    assert_eq!(exported.lines().count(), 12);
    second.run_with_input(["import", "-"], exported.clone()).succeeds();
    second.run(["export"]).succeeds().prints(&exported);
    let again = second.run_with_input(["import", "-"], exported.clone()).succeeds();
    again.says("imported 0 records").says("12 were there already");
    let file = Home::new();
    file.run_with_input(["import", "-"], exported.clone()).succeeds();
    file.run(["export"]).succeeds().prints(&exported);
}

#[test]
fn a_file_and_a_database_print_the_same() {
    let Some(home) = home() else { return };
    import(&home, ALL);
    let file = Home::with(ALL);
    for args in [
        &["logs"][..],
        &["logs", "-n", "3", "cart"],
        &["logs", "-l", "error", "-C", "1", "-a"],
        &["logs", "--reverse", "--since", "2026-11-22 07:30:02"],
    ] {
        let expected = file.run(args).succeeds().stdout;
        home.run(args).succeeds().prints(&expected);
    }
    let stats = home.run(["stats", "--json"]).succeeds().json_lines().remove(0);
    assert_eq!(stats["collections"][0]["records"], 4);
    home.run(["check", "--deep"]).succeeds();
}

#[test]
fn follow_sees_what_others_insert() {
    let Some(home) = home() else { return };
    import(&home, &["gunicorn.log"]);
    let mut child = home.command(["logs", "-f", "-o", "raw", "-n", "1"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "Listening at: http://0.0.0.0:5000 (4)");
    import(&home, &["app.log"]);
    assert_eq!(lines.next().unwrap(), "cart opened for ana");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn packed_in_a_database_all_is_read_as_before() {
    let Some(home) = home() else { return };
    import(&home, ALL);
    let exported = home.run(["export"]).succeeds().stdout;
    let printed = home.run(["logs", "-C", "1", "cart"]).succeeds().stdout;
    // What was born within the last day stays plain.
    let packed = home.run(["pack"]).succeeds().stdout;
    assert!(packed.contains("; 4 are hot, which `--all` packs too"), "{packed}");
    home.run(["pack", "--all"]).succeeds();
    let stats = home.run(["stats", "--json"]).succeeds().json_lines().remove(0);
    for collection in stats["collections"].as_array().unwrap() {
        assert_eq!(collection["hot_records"], 0, "{stats}");
        assert_eq!(collection["packed_records"], collection["records"], "{stats}");
    }
    home.run(["export"]).succeeds().prints(&exported);
    home.run(["logs", "-C", "1", "cart"]).succeeds().prints(&printed);
    home.run(["check", "--deep"]).succeeds();
    home.run(["unpack", "access-log"]).succeeds();
    home.run(["export"]).succeeds().prints(&exported);
}

#[test]
fn what_is_forgotten_in_a_database_is_gone_hot_and_packed() {
    let Some(home) = home() else { return };
    import(&home, &["access.log"]);
    home.run(["pack", "--all"]).succeeds();
    import(&home, &["access.log", "app.log"]);
    home.run(["rule", "add", "mask", "ip"]).succeeds();
    let before = home.run(["export"]).succeeds().stdout;
    let left: String =
        before.split_inclusive('\n').filter(|line| !line.contains("GET /cart")).collect();
    home.run(["forget", "--yes", "path:/cart"])
        .succeeds()
        .prints("access-log: 2 records removed\n");
    home.run(["export"]).succeeds().prints(&left);
    home.run(["forget", "path:/cart"]).code(1);
    home.run(["rule", "list"]).succeeds().prints("1  mask ip\n");
    import(&home, &["access.log"]);
    assert!(home.run(["export"]).succeeds().stdout.contains("[masked] - - [22/Nov/2026"));
}

#[test]
fn a_quota_of_a_database_is_kept_in_it() {
    let Some(home) = home() else { return };
    import(&home, ALL);
    home.run(["quota", "1KB"]).code(2).says("more than a quota of 1000");
    home.run(["quota", "100MB", "--full", "thin"]).succeeds();
    let shown = home.run(["quota"]).succeeds().stdout;
    assert!(shown.contains(" of 100,000,000 bytes are used, 0 %"), "{shown}");
}

#[test]
fn a_database_that_is_not_there_is_named_without_secrets() {
    // Nothing listens on port 1.
    let uri = "mongodb://ana:geheim@127.0.0.1:1/logs?serverSelectionTimeoutMS=200";
    let outcome = Home::new().run(["--store", uri, "logs"]).code(3).says("127.0.0.1:1");
    assert!(!outcome.stderr.contains("geheim"), "{outcome:#?}");
}

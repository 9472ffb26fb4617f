//! Packing: the user sees that there is more room, and nothing else.

use crate::harness::{Home, data};
use crate::run::home as home_of_shells;
use std::fmt::Write;
use std::io::{BufRead, BufReader, Read};
use woodpile_store::{OpenOptions, SqliteStore, Store};

/// A home with so many access lines.
pub(crate) fn home(lines: u32) -> Home {
    let home = Home::new();
    import(&home, 0..lines);
    home
}

/// Imports access lines, a second apart.
pub(crate) fn import(home: &Home, numbers: std::ops::Range<u32>) {
    let mut log = String::new();
    for n in numbers {
        let (minute, second, path, bytes) = (n / 60 % 60, n % 60, n % 41, n * 31 % 977);
        writeln!(
            log,
            "10.0.0.{} - - [22/Nov/2026:07:{minute:02}:{second:02} +0000] \"GET /p/{path} HTTP/1.1\" 200 {bytes}",
            n % 9
        )
        .unwrap();
    }
    home.write("access.log", log);
    home.run(["import", "access.log"]).succeeds();
}

pub(crate) fn export(home: &Home) -> String {
    home.run(["export"]).succeeds().stdout
}

fn access(home: &Home) -> serde_json::Value {
    let stats = home.run(["stats", "--json"]).succeeds().json_lines().remove(0);
    stats["collections"][0].clone()
}

#[test]
fn an_export_is_the_same_whatever_is_packed() {
    let home = home(3_000);
    home.run(["import", data("events.ndjson").to_str().unwrap()]).succeeds();
    let before = export(&home);
    home.run(["pack", "--all"]).succeeds();
    assert!(export(&home) == before);
    assert_eq!(access(&home)["packed_records"], 3_000);
    home.run(["check", "--deep"]).succeeds();
    home.run(["unpack", "access-log"]).succeeds();
    assert!(export(&home) == before);
    assert_eq!(access(&home)["hot_records"], 3_000);
}

#[test]
fn packing_says_what_it_brought() {
    let home = home(3_000);
    let packed = home.run(["pack"]).succeeds();
    let stdout = &packed.stdout;
    assert!(stdout.starts_with("access-log: 3,000 records, "), "{stdout}");
    assert!(stdout.ends_with(" a record\n"), "{stdout}");
    let (_, sizes) = stdout.split_once("records, ").unwrap();
    let bytes = |text: &str| text.replace(',', "").parse::<u64>().unwrap();
    let (before, after) = sizes.split_once(" bytes").unwrap().0.split_once(" -> ").unwrap();
    assert!(bytes(after) * 2 < bytes(before), "{stdout}");
    // How far it is, is for terminals.
    assert_eq!(packed.stderr.lines().count(), 1, "{}", packed.stderr);
}

#[test]
fn a_dry_run_changes_nothing() {
    let home = home(100);
    home.run(["pack", "--all", "--dry-run"])
        .succeeds()
        .prints("access-log: 100 hot records would be packed, 0 of 0 packed ones once more\n");
    assert_eq!(access(&home)["hot_records"], 100);
    home.run(["pack"]).succeeds();
    home.run(["pack", "--all", "--dry-run"])
        .succeeds()
        .prints("access-log: 0 hot records would be packed, 100 of 100 packed ones once more\n");
}

#[test]
fn what_is_not_there_is_named() {
    let home = home(1);
    for command in ["pack", "unpack"] {
        home.run([command, "audit"]).code(2).says("there is no collection audit");
        Home::new().run([command, "audit"]).code(3).says("woodpile.db is not there yet");
    }
}

#[test]
fn logs_find_what_is_packed() {
    let home = home(3_000);
    let args = ["logs", "-n", "5", "/p/7"];
    let before = home.run(args).succeeds().stdout;
    home.run(["pack"]).succeeds();
    home.run(args).succeeds().prints(&before);
}

#[test]
fn logs_print_the_same_of_what_is_hot_packed_and_mixed() {
    let (plain, mixed) = (home(2_000), home(500));
    mixed.run(["pack", "--all"]).succeeds();
    import(&mixed, 500..1_000);
    mixed.run(["pack"]).succeeds();
    import(&mixed, 1_000..2_000);
    let stats = access(&mixed);
    assert_eq!((&stats["hot_records"], &stats["packed_records"]), (&1_000.into(), &1_000.into()));
    for args in [
        &["logs"][..],
        &["logs", "-n", "1500", "/p/7"],
        &["logs", "--reverse", "-n", "1800", "-o", "raw"],
        &["logs", "--since", "2026-11-22 07:05", "--until", "2026-11-22 07:20"],
        &["logs", "-C", "2", "10.0.0.3 /p/11"],
    ] {
        let expected = plain.run(args).succeeds().stdout;
        mixed.run(args).succeeds().prints(&expected);
    }
    mixed.run(["check", "--deep"]).succeeds();
}

#[test]
fn who_follows_sees_what_comes_and_nothing_of_packing() {
    let home = home_of_shells();
    home.run(["run", "echo", "first"]).succeeds();
    let mut follower = home.command(["logs", "-f", "-o", "raw"]).spawn().unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "first");
    home.run(["run", "echo", "second"]).succeeds();
    home.run(["pack", "--all"]).succeeds();
    home.run(["unpack", "application-log"]).succeeds();
    home.run(["run", "echo", "third"]).succeeds();
    assert_eq!([lines.next().unwrap(), lines.next().unwrap()], ["second", "third"]);
    follower.kill().unwrap();
    follower.wait().unwrap();
}

#[test]
fn packing_and_run_do_not_disturb_each_other() {
    let home = home_of_shells();
    let script = "for i in 1 2 3 4 5 6 7 8; do seq ${i}001 ${i}999; sleep 0.05; done";
    let mut child = home.command(["run", "--", "sh", "-c", script]).spawn().unwrap();
    let mut printed = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut printed).unwrap();
    let reader = std::thread::spawn(move || {
        stdout.read_to_string(&mut printed).unwrap();
        printed
    });
    while child.try_wait().unwrap().is_none() {
        home.run(["pack", "--all"]).succeeds();
    }
    let printed = reader.join().unwrap();
    home.run(["pack", "--all"]).succeeds();
    assert_eq!(home.messages(), printed.lines().collect::<Vec<_>>());
}

#[test]
fn of_two_that_pack_one_waits_and_says_so() {
    let home = home(100);
    let store = SqliteStore::open(&home.path("woodpile.db"), &OpenOptions::WRITE).unwrap();
    let lease = store.packing("access-log").unwrap().unwrap();
    let mut child = home.command(["pack", "--all"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let expected = "another process is packing access-log: waiting for it to end";
    assert!(lines.any(|line| line == expected));
    assert_eq!(access(&home)["packed_records"], 0);
    drop(lease);
    assert!(child.wait().unwrap().success());
    assert_eq!(access(&home)["packed_records"], 100);
}

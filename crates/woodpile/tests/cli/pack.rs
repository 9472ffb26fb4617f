use crate::harness::{Home, data};
use std::fmt::Write;

/// A home with so many access lines.
fn home(lines: u32) -> Home {
    let home = Home::new();
    let mut log = String::new();
    for n in 0..lines {
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
    home
}

fn export(home: &Home) -> String {
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
    let stdout = home.run(["pack"]).succeeds().stdout;
    assert!(stdout.starts_with("access-log: 3,000 records, "), "{stdout}");
    assert!(stdout.ends_with(" a record\n"), "{stdout}");
}

#[test]
fn a_dry_run_changes_nothing() {
    let home = home(100);
    home.run(["pack", "--all", "--dry-run"])
        .succeeds()
        .prints("access-log: 100 hot records would be packed, and its blocks merged; 0 are packed already\n");
    assert_eq!(access(&home)["hot_records"], 100);
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

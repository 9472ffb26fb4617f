//! A store that may take so much room.

use crate::harness::Home;
use jiff::{Span, Timestamp};
use std::fmt::Write;

/// Lines of an app that hardly compress, the last of them a minute ago and each an hour after the one before.
fn noise(lines: u32) -> String {
    let mut log = String::new();
    for n in 0..lines {
        let age = Span::new().minutes(i64::from(lines - n - 1) * 60 + 1);
        let time = Timestamp::now().checked_sub(age).unwrap();
        let time = time.strftime("%Y-%m-%d %H:%M:%S,000");
        let level = ["DEBUG", "INFO", "ERROR"][n as usize % 3];
        write!(log, "{time} - shop - {level} - ").unwrap();
        for word in 0..40_u64 {
            let seed = (u64::from(n) * 40 + word + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            write!(log, "{:016x}", (seed ^ (seed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9))
                .unwrap();
        }
        log.push('\n');
    }
    log
}

fn home(lines: u32) -> Home {
    let home = Home::new();
    home.run_with_input(["import", "-"], noise(lines)).succeeds();
    home
}

fn stats(home: &Home) -> serde_json::Value {
    home.run(["stats", "--json"]).succeeds().json_lines().remove(0)
}

fn used(home: &Home) -> u64 {
    stats(home)["logical_bytes"].as_u64().unwrap()
}

#[test]
fn a_quota_is_set_shown_and_taken_away() {
    let home = Home::new();
    home.run(["quota", "240MB"])
        .succeeds()
        .prints("quota: 0 of 240,000,000 bytes are used, 0 %; it does not grow; when full, new records are refused\n");
    let shown = home.run(["quota"]).succeeds().stdout;
    assert_eq!(stats(&home)["quota_bytes"], 240_000_000);
    assert_eq!(home.run(["stats"]).succeeds().stdout.lines().last(), shown.lines().next());
    home.run(["quota", "none"]).succeeds().prints("no quota: `woodpile quota SIZE` sets one\n");
    assert_eq!(stats(&home)["quota_bytes"], serde_json::Value::Null);
}

#[test]
fn what_is_wrong_with_a_quota_is_said() {
    let home = home(100);
    let used = used(&home);
    home.run(["quota", "1KB"])
        .code(2)
        .says(&format!("takes {used} bytes already, more than a quota of 1000"))
        .says("`woodpile pack --all`")
        .says("`--full thin`");
    home.run(["quota", "many"]).code(2).says("expected a size such as 240MB");
    home.run(["quota", "--full", "thin"]).code(2).says("<SIZE>");
}

#[test]
fn the_forecast_goes_by_how_it_grew() {
    let home = home(300);
    home.run(["quota", &(used(&home) * 3).to_string()]).succeeds();
    let full = stats(&home)["full_at"].as_str().unwrap().parse::<Timestamp>().unwrap();
    // It grew for 300 hours, and has room for twice as much.
    let hours = full.duration_since(Timestamp::now()).as_hours();
    assert!((580..620).contains(&hours), "{hours}");
}

#[test]
fn an_import_beyond_the_quota_is_refused_and_can_go_on_later() {
    let home = home(100);
    home.run(["quota", &(used(&home) + 10_000).to_string()]).succeeds();
    let more = noise(20_000);
    let refused = home.run_with_input(["import", "-"], more.clone()).code(3);
    refused.says("its quota of").says("`woodpile quota SIZE`");
    assert!(home.run(["stats"]).succeeds().stdout.contains("warning: quota: "));
    home.run(["quota", "1GB"]).succeeds();
    home.run_with_input(["import", "-"], more).succeeds();
}

#[test]
fn the_oldest_make_room_where_the_owner_chose_that() {
    let home = home(3_000);
    // A fifth of what is there has to go: less than the third that is for debugging.
    let quota = used(&home) / 8 * 7;
    home.run(["quota", &quota.to_string(), "--full", "thin"]).succeeds();
    let last = noise(1);
    let imported = home.run_with_input(["import", "-"], last.clone()).succeeds();
    imported.says("made room for newer ones");
    assert!(used(&home) < quota, "{} of {quota}", used(&home));
    let messages = home.messages();
    // The newest stays; the oldest, which says the same, is gone.
    let newest = messages.iter().filter(|message| message.len() > 600 && last.contains(*message));
    assert_eq!(newest.count(), 1);
    let report = messages.iter().find(|message| message.contains("were removed")).unwrap();
    let removed: usize = report.split(' ').next().unwrap().parse().unwrap();
    assert_eq!(removed + messages.len(), 3_000 + 2);
}

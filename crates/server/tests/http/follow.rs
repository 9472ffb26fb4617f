//! Files that are followed.

use crate::harness::Site;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

const COLLECTION: &str = "application-log";
const DEADLINE: Duration = Duration::from_secs(10);

/// A server that follows `*.log` of a folder of its own.
fn site() -> (Site, PathBuf, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let pattern = folder.path().join("*.log").to_str().unwrap().to_owned();
    let site = Site::with(|settings| {
        settings.follow = vec![pattern];
        "web-1".clone_into(&mut settings.hostname);
    });
    let path = folder.path().join("app.log");
    (site, path, folder)
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// A line whose number is its message.
fn line(number: usize) -> String {
    format!("2026-11-22 07:{:02}:{:02} INFO {number}\n", number / 60, number % 60)
}

fn lines(numbers: std::ops::Range<usize>) -> String {
    numbers.map(line).collect()
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

#[test]
fn lines_are_kept_as_they_are_written() {
    let (site, path, _folder) = site();
    append(&path, &lines(0..3));
    assert_eq!(site.await_messages(COLLECTION, 3), numbers(0..3));
    append(&path, &lines(3..5));
    assert_eq!(site.await_messages(COLLECTION, 5), numbers(0..5));
    let record = &site.records(COLLECTION)[4];
    assert_eq!(
        (record["level"].as_str(), record["hostname"].as_str()),
        (Some("INFO"), Some("web-1"))
    );
    assert_eq!(record["file"].as_str(), path.to_str());
}

#[test]
fn a_restart_goes_on_where_it_was() {
    let (mut site, path, _folder) = site();
    append(&path, &lines(0..3));
    site.await_messages(COLLECTION, 3);
    assert!(site.stop(DEADLINE));
    append(&path, &lines(3..6));
    site.start_again();
    assert_eq!(site.await_messages(COLLECTION, 6), numbers(0..6));
}

#[test]
fn a_renamed_file_is_read_to_its_end_and_the_new_one_from_its_start() {
    let (site, path, folder) = site();
    append(&path, &lines(0..3));
    site.await_messages(COLLECTION, 3);
    let mut old = OpenOptions::new().append(true).open(&path).unwrap();
    fs::rename(&path, folder.path().join("app.log.1")).unwrap();
    append(&path, &lines(10..12));
    old.write_all(lines(3..5).as_bytes()).unwrap();
    let expected = [numbers(0..5), numbers(10..12)].concat();
    assert_eq!(site.await_messages(COLLECTION, 7), expected);
}

#[test]
fn a_rotation_while_no_server_ran_loses_nothing() {
    let (mut site, path, folder) = site();
    append(&path, &lines(0..3));
    site.await_messages(COLLECTION, 3);
    assert!(site.stop(DEADLINE));
    append(&path, &lines(3..5));
    fs::rename(&path, folder.path().join("app.log.1")).unwrap();
    append(&path, &lines(10..12));
    site.start_again();
    let expected = [numbers(0..5), numbers(10..12)].concat();
    assert_eq!(site.await_messages(COLLECTION, 7), expected);
}

#[test]
fn a_file_that_is_copied_and_truncated_is_read_once() {
    let (mut site, path, folder) = site();
    append(&path, &lines(0..3));
    site.await_messages(COLLECTION, 3);
    // As logrotate's copytruncate does; what was written in between is in the copy alone.
    assert!(site.stop(DEADLINE));
    append(&path, &lines(3..5));
    fs::copy(&path, folder.path().join("app.log.1")).unwrap();
    File::options().write(true).truncate(true).open(&path).unwrap();
    append(&path, &lines(10..12));
    site.start_again();
    let expected = [numbers(0..5), numbers(10..12)].concat();
    assert_eq!(site.await_messages(COLLECTION, 7), expected);
}

#[test]
fn a_file_that_shrinks_while_it_is_followed_begins_again() {
    let (site, path, folder) = site();
    append(&path, &lines(0..30));
    site.await_messages(COLLECTION, 30);
    fs::copy(&path, folder.path().join("app.log.1")).unwrap();
    File::options().write(true).truncate(true).open(&path).unwrap();
    append(&path, &lines(40..42));
    let expected = [numbers(0..30), numbers(40..42)].concat();
    assert_eq!(site.await_messages(COLLECTION, 32), expected);
}

#[test]
fn a_trace_that_is_written_slowly_is_one_record() {
    let (site, path, _folder) = site();
    append(&path, "2026-11-22 07:32:46 ERROR boom\nTraceback (most recent call last):\n");
    append(
        &path,
        "  File \"a.py\", line 1, in a\n    1 / 0\nZeroDivisionError: division by zero\n",
    );
    append(&path, "2026-11-22 07:32:47 INFO after\n");
    assert_eq!(site.await_messages(COLLECTION, 2), ["boom", "after"]);
    let trace = &site.records(COLLECTION)[0]["exception"];
    assert_eq!(trace["type"].as_str(), Some("ZeroDivisionError"));
}

#[test]
fn docker_s_and_journald_s_files_are_read_as_such() {
    let (site, path, _folder) = site();
    append(
        &path,
        "{\"log\":\"2026-11-22 07:32:45 WARNING low stock\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-22T07:32:45.5Z\"}\n",
    );
    append(
        &path,
        "{\"__REALTIME_TIMESTAMP\":\"1795332766000000\",\"_HOSTNAME\":\"web-7\",\"SYSLOG_IDENTIFIER\":\"sshd\",\"_PID\":\"812\",\"PRIORITY\":\"4\",\"MESSAGE\":\"from the journal\"}\n",
    );
    site.await_messages(COLLECTION, 2);
    let records = site.records(COLLECTION);
    assert_eq!(
        (records[0]["message"].as_str(), records[0]["level"].as_str()),
        (Some("low stock"), Some("WARNING"))
    );
    let journal = &records[1];
    assert_eq!(
        (journal["app"].as_str(), journal["hostname"].as_str()),
        (Some("sshd"), Some("web-7"))
    );
    assert_eq!(
        (journal["process"].as_i64(), journal["level"].as_str()),
        (Some(812), Some("WARNING"))
    );
}

#[test]
fn a_pattern_that_is_none_is_told_of() {
    let refused = Site::refused(|settings| settings.follow = vec!["/var/log/***".to_owned()]);
    assert!(refused.contains("--follow /var/log/***"), "{refused}");
}

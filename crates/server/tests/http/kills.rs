//! Servers that are killed while they take in: what was acknowledged is there, and nothing is there twice.

use crate::harness::now;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use woodpile_store::{OpenOptions as StoreOptions, Order, Prune, SqliteStore, Store};
use woodpile_test_support::{kill_after, kills};

const PATIENCE: Duration = Duration::from_secs(30);
const LINES_PER_FRAME: usize = 20;

/// A server in a process of its own, over a file, that follows another.
struct Process {
    child: Child,
    url: String,
}

impl Process {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(example("serve"))
            .arg(folder.join("woodpile.db"))
            .arg(folder.join("*.log"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { child, url: format!("http://{}/heroku", address.trim_end()) }
    }

    /// Sends a frame as Logplex does; whether it was acknowledged.
    fn send(&self, number: usize) -> bool {
        let sent = ureq::post(&self.url)
            .config()
            .timeout_global(Some(PATIENCE))
            .build()
            .header("content-type", "application/logplex-1")
            .header("logplex-drain-token", "d.1")
            .header("logplex-frame-id", format!("F{number}"))
            .send(frame(number));
        sent.is_ok()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn frame(number: usize) -> String {
    let line = |at: usize| {
        let message = format!(
            "<190>1 2026-11-22T07:32:49.{:06}+00:00 host app web.1 - drained {number}-{at}\n",
            number % 1_000_000
        );
        format!("{} {message}", message.len())
    };
    (0..LINES_PER_FRAME).map(line).collect()
}

/// The program of an example, beside this test's own.
fn example(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(2).unwrap().join("examples").join(name)
}

/// How often each message is there.
fn messages(folder: &Path) -> BTreeMap<String, usize> {
    let path = folder.join("woodpile.db");
    let store = SqliteStore::open(&path, &StoreOptions::WRITE).unwrap();
    let mut rows = store.read("application-log", &Prune::default(), Order::OldestFirst).unwrap();
    let mut found = BTreeMap::new();
    while let Some(batch) = rows.next().unwrap() {
        for record in batch.iter() {
            *found.entry(record.get_str("message").unwrap().to_owned()).or_default() += 1;
        }
    }
    found
}

#[test]
fn a_server_that_is_killed_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut file =
        OpenOptions::new().create(true).append(true).open(folder.join("app.log")).unwrap();
    let frames = AtomicUsize::new(0);
    let mut written = 0;
    for round in 0..kills() {
        let acknowledged = frames.load(Ordering::Relaxed);
        let mut process = Process::start(folder);
        let mut killed = Command::new("true").spawn().unwrap();
        std::mem::swap(&mut killed, &mut process.child);
        thread::scope(|scope| {
            // A frame that was not acknowledged is sent again by the next round, as Logplex does.
            scope.spawn(|| {
                while process.send(frames.load(Ordering::Relaxed)) {
                    frames.fetch_add(1, Ordering::Relaxed);
                }
            });
            for _ in 0..LINES_PER_FRAME {
                writeln!(file, "2026-11-22 07:32:49 INFO followed {written}").unwrap();
                written += 1;
            }
            let enough = acknowledged + 1 + round as usize % 5;
            let started = now();
            while frames.load(Ordering::Relaxed) < enough {
                assert!(started.elapsed() < PATIENCE, "nothing is acknowledged");
                thread::yield_now();
            }
            kill_after(&mut killed, round).unwrap();
        });
    }
    let process = Process::start(folder);
    assert!(process.send(frames.load(Ordering::Relaxed)));
    let frames = frames.into_inner() + 1;
    let expected = frames * LINES_PER_FRAME + written;
    let started = now();
    while messages(folder).len() < expected && started.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(50));
    }
    let found = messages(folder);
    assert_eq!(found.len(), expected, "{frames} frames and {written} lines");
    let doubled: Vec<_> = found.iter().filter(|(_, count)| **count > 1).collect();
    assert!(doubled.is_empty(), "{doubled:?}");
}

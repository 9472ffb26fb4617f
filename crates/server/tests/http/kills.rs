//! Servers that are killed while they take in all kinds of things: what was acknowledged is there, and nothing is there
//! twice.

use crate::harness::now;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;
use woodpile_store::{OpenOptions as StoreOptions, Order, Prune, SqliteStore, Store};
use woodpile_test_support::{kill_after, kills};

const PATIENCE: Duration = Duration::from_secs(30);
/// The records of each request.
const RECORDS: usize = 20;

/// A server in a process of its own, over a file, that follows another.
struct Process {
    child: Child,
    http: String,
    syslog: String,
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
        let mut addresses = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = || addresses.next().unwrap().unwrap();
        Self { http: address(), syslog: address(), child }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program of an example, beside this test's own.
fn example(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(2).unwrap().join("examples").join(name)
}

/// A way in whose requests are numbered from 0.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Frames have an identity: one that was not acknowledged comes again, as Logplex does it.
    Drain,
    /// The same by an `Idempotency-Key`.
    Json,
    /// Without an identity nothing is sent twice.
    Bulk,
}

const WAYS: [Way; 3] = [Way::Drain, Way::Json, Way::Bulk];

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Drain => "drained",
            Self::Json => "posted",
            Self::Bulk => "bulk",
        }
    }

    fn comes_again(self) -> bool {
        self != Self::Bulk
    }

    fn message(self, number: usize, at: usize) -> String {
        format!("{} {number}-{at}", self.name())
    }

    fn body(self, number: usize) -> String {
        let record = |at: usize| {
            let message = self.message(number, at);
            match self {
                Self::Drain => {
                    let micros = number % 1_000_000;
                    let line = format!(
                        "<190>1 2026-11-22T07:32:49.{micros:06}+00:00 host app web.1 - {message}\n"
                    );
                    format!("{} {line}", line.len())
                }
                Self::Json | Self::Bulk => format!("{{\"message\":\"{message}\"}}\n"),
            }
        };
        (0..RECORDS).map(record).collect()
    }

    /// Sends a request; whether it was acknowledged.
    fn send(self, server: &str, number: usize) -> bool {
        let path = match self {
            Self::Drain => "heroku",
            Self::Json => "api/records",
            Self::Bulk => "bulk/none",
        };
        let request = ureq::post(format!("http://{server}/{path}"))
            .config()
            .timeout_global(Some(PATIENCE))
            .build();
        let request = match self {
            Self::Drain => request
                .header("logplex-drain-token", "d.1")
                .header("logplex-frame-id", format!("F{number}")),
            Self::Json => request.header("idempotency-key", number.to_string()),
            Self::Bulk => request,
        };
        request.send(self.body(number)).is_ok()
    }
}

/// The requests of a way.
#[derive(Default)]
struct Sent {
    next: AtomicUsize,
    acknowledged: AtomicUsize,
    /// Those that were not acknowledged and do not come again.
    lost: std::sync::Mutex<Vec<usize>>,
}

impl Sent {
    /// Sends one after another until the server is gone.
    fn send_all(&self, way: Way, server: &str) {
        loop {
            let number = self.next.load(Ordering::Relaxed);
            let is_acknowledged = way.send(server, number);
            if is_acknowledged || !way.comes_again() {
                self.next.fetch_add(1, Ordering::Relaxed);
            }
            if !is_acknowledged {
                if !way.comes_again() {
                    self.lost.lock().unwrap().push(number);
                }
                return;
            }
            self.acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes lines that nobody acknowledges until the server is gone; goes on behind `next`.
fn send_syslog(server: &str, next: &AtomicUsize) {
    let Ok(mut stream) = TcpStream::connect(server) else { return };
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if writeln!(stream, "<14>1 2026-11-22T07:32:49Z web-1 shop - - - logged {number}").is_err()
        {
            return;
        }
        // Slow enough that the other ways have their turns.
        thread::sleep(Duration::from_millis(1));
    }
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

/// One life of a server: everything is sent until some was acknowledged, and then it is killed at any moment.
fn round(number: u32, folder: &Path, sent: &[Sent; 3], logged: &AtomicUsize) {
    let before: Vec<_> = acknowledged(sent);
    let mut process = Process::start(folder);
    let (http, syslog) = (process.http.clone(), process.syslog.clone());
    thread::scope(|scope| {
        for (way, sent) in WAYS.into_iter().zip(sent) {
            let http = &http;
            scope.spawn(move || sent.send_all(way, http));
        }
        scope.spawn(|| send_syslog(&syslog, logged));
        let started = now();
        while acknowledged(sent).iter().zip(&before).any(|(now, before)| now <= before) {
            assert!(started.elapsed() < PATIENCE, "nothing is acknowledged");
            thread::yield_now();
        }
        kill_after(&mut process.child, number).unwrap();
    });
}

fn acknowledged(sent: &[Sent; 3]) -> Vec<usize> {
    sent.iter().map(|sent| sent.acknowledged.load(Ordering::Relaxed)).collect()
}

#[test]
fn a_server_that_is_killed_loses_and_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut file =
        OpenOptions::new().create(true).append(true).open(folder.join("app.log")).unwrap();
    let (sent, logged) = (<[Sent; 3]>::default(), AtomicUsize::new(0));
    let mut followed = 0;
    for number in 0..kills() {
        write_lines(&mut file, &mut followed);
        round(number, folder, &sent, &logged);
    }
    // What was not acknowledged and comes again does so now; what was written is followed to its end.
    let process = Process::start(folder);
    for (way, sent) in WAYS.into_iter().zip(&sent).filter(|(way, _)| way.comes_again()) {
        assert!(way.send(&process.http, sent.next.fetch_add(1, Ordering::Relaxed)));
    }
    let last = format!("followed {}", followed - 1);
    let started = now();
    while !messages(folder).contains_key(&last) && started.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(50));
    }
    drop(process);
    check(&messages(folder), &sent, followed);
}

fn write_lines(file: &mut File, followed: &mut usize) {
    for _ in 0..RECORDS {
        writeln!(file, "2026-11-22 07:32:49 INFO followed {followed}").unwrap();
        *followed += 1;
    }
}

fn check(found: &BTreeMap<String, usize>, sent: &[Sent; 3], followed: usize) {
    let doubled: Vec<_> = found.iter().filter(|(_, count)| **count > 1).collect();
    assert!(doubled.is_empty(), "{doubled:?}");
    for (way, sent) in WAYS.into_iter().zip(sent) {
        let lost = sent.lost.lock().unwrap();
        for number in (0..sent.next.load(Ordering::Relaxed)).filter(|it| !lost.contains(it)) {
            for at in 0..RECORDS {
                let message = way.message(number, at);
                assert!(found.contains_key(&message), "{message} was acknowledged");
            }
        }
    }
    for number in 0..followed {
        assert!(found.contains_key(&format!("followed {number}")), "line {number} was written");
    }
    assert!(found.keys().any(|message| message.starts_with("logged ")), "syslog is taken in");
}

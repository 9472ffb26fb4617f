//! What a send costs those who log, and how many records a second become durable:
//! `cargo bench -p woodpile-keep`.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run should say so and stop")]

use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};
use woodpile_keep::{Keeper, Settings, WhenFull};
use woodpile_record::{Entry, EventTime, IdSource, Record, Value};
use woodpile_store::{MemoryStore, OpenOptions, SqliteStore, Store};

const LATENCY_RECORDS: usize = 250_000;
const THROUGHPUT_RECORDS: usize = 1_000_000;
const DEADLINE: Duration = Duration::from_mins(1);

static IDS: IdSource = IdSource::new(*b"bench");

fn main() {
    println!("a record has {} bytes of BSON", record(0).as_document().as_bytes().len());
    for threads in [1, 4] {
        latency(threads);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bench.db");
    throughput("memory", &|| Arc::new(MemoryStore::new()));
    throughput("sqlite", &|| Arc::new(SqliteStore::open(&file, &OpenOptions::WRITE).unwrap()));
}

/// A typical record of an application: 400 bytes.
fn record(number: usize) -> Record {
    let message = format!(
        "order {number} of customer {} was shipped to the warehouse in Rotterdam",
        number % 977
    );
    let entry = Entry {
        level: Some("INFO".into()),
        logger_name: Some("shop::orders::shipping".into()),
        file_name: Some("src/orders/shipping.rs".into()),
        line_number: Some(217),
        thread_name: Some("tokio-runtime-worker".into()),
        process: Some(4711),
        hostname: Some("web-1".into()),
        message: message.into(),
        fields: vec![
            ("order".into(), Value::from(i64::try_from(number).unwrap())),
            ("customer".into(), Value::from("ACME Trading Company")),
            ("durationMs".into(), Value::from(12.5)),
        ],
        ..Entry::default()
    };
    entry.encode(IDS.next(1_700_000_000), EventTime::from_millis(1_700_000_000_000))
}

fn keeper(store: Arc<dyn Store>, settings: Settings) -> Keeper {
    let tell = Box::new(|notice: &woodpile_keep::Notice| println!("{notice}"));
    Keeper::start(Box::new(move || Ok(Arc::clone(&store))), None, tell, settings).unwrap()
}

/// Each send timed alone, the clock's own cost included; the records are made before.
fn latency(threads: usize) {
    let settings = Settings {
        // Room for all: a tight loop is faster than any store, and a drop is no send.
        queue_records: threads * LATENCY_RECORDS,
        queue_bytes: usize::MAX,
        ..Settings::default()
    };
    let keeper = keeper(Arc::new(MemoryStore::new()), settings);
    let start = Barrier::new(threads);
    let mut nanos: Vec<u64> = thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| time_sends(&keeper, &start))).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    nanos.sort_unstable();
    let at = |per_mille_tenths: usize| nanos[(nanos.len() - 1) * per_mille_tenths / 10_000];
    let counters = keeper.close(DEADLINE).unwrap();
    println!(
        "send, {threads} threads: median {} ns, 99 % {} ns, 99.9 % {} ns, 99.99 % {} ns; {} dropped",
        at(5_000),
        at(9_900),
        at(9_990),
        at(9_999),
        counters.dropped.total()
    );
}

fn time_sends(keeper: &Keeper, start: &Barrier) -> Vec<u64> {
    let records: Vec<Record> = (0..LATENCY_RECORDS).map(record).collect();
    let sender = keeper.sender("application-log");
    let mut nanos = Vec::with_capacity(records.len());
    start.wait();
    for record in records {
        let begun = Instant::now();
        // Drops are counted.
        let _ = sender.send(record);
        nanos.push(u64::try_from(begun.elapsed().as_nanos()).unwrap());
    }
    nanos
}

/// From the first record's making until all are durable, with four threads that make and send.
fn throughput(name: &str, open: &dyn Fn() -> Arc<dyn Store>) {
    const THREADS: usize = 4;
    let settings = Settings { when_full: WhenFull::Block, ..Settings::default() };
    let keeper = keeper(open(), settings);
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let sender = keeper.sender("application-log");
                (0..THROUGHPUT_RECORDS / THREADS).for_each(|n| sender.send(record(n)).unwrap());
            });
        }
    });
    keeper.flush(DEADLINE).unwrap();
    let seconds = begun.elapsed().as_secs_f64();
    let counters = keeper.close(DEADLINE).unwrap();
    println!(
        "{name}, {THREADS} threads: {} records durable in {seconds:.2} s, {:.0} a second",
        counters.stored,
        f64::from(u32::try_from(counters.stored).unwrap()) / seconds
    );
}

//! How fast the file store takes and gives access records: `cargo bench -p woodpile-store --bench sqlite`,
//! with a number of records as an argument where a million is not what is wanted, or a file's path to read that.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]
#![expect(clippy::expect_used, reason = "a bench that cannot run stops")]

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use woodpile_block::{Effort, pack};
use woodpile_record::{Batch, Entry, EventTime, Http, IdSource};
use woodpile_store::{Identity, OpenOptions, Order, Prune, SqliteStore, Store};

const THREADS: u32 = 2;
const BATCH: u32 = 16_384;
const DAY_MILLIS: i64 = 86_400_000;
const START_MILLIS: i64 = 1_767_225_600_000;

fn main() {
    if let Some(path) = std::env::args().skip(1).find(|argument| Path::new(argument).is_file()) {
        return reads_file(Path::new(&path));
    }
    let wanted = std::env::args().find_map(|argument| argument.parse().ok());
    let records: u32 = wanted.unwrap_or(1_000_000);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("logs.db");
    // First, while nothing else has taken memory.
    overlaps(&folder.path().join("overlapping.db"), records * 2);
    appends(&path, records);
    reads(&path, records);
    packs(&path);
    reads(&path, records);
    brings(&folder.path().join("brought.db"), records / 2);
}

/// Several threads append batches as an import does.
fn appends(path: &Path, records: u32) {
    let store = SqliteStore::open(path, &OpenOptions::WRITE).expect("a new store");
    let batches: Vec<Batch> =
        (0..records.div_ceil(BATCH)).map(|number| access_batch(number, BATCH)).collect();
    let bytes: usize = batches.iter().map(|batch| batch.as_bytes().len()).sum();
    let next = AtomicU32::new(0);
    let took = time(|| {
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    while let Some(batch) =
                        batches.get(next.fetch_add(1, Ordering::Relaxed) as usize)
                    {
                        store.append(&[("access-log", batch)], Identity::Fresh).expect("an append");
                    }
                });
            }
        });
    });
    let count = u64::from(records.div_ceil(BATCH) * BATCH);
    report(&format!("append, {THREADS} threads, batches of {BATCH}"), count, took);
    let stats = store.collections().expect("stats");
    println!(
        "    {} B of BSON a record, {} B in the file",
        bytes as u64 / count,
        stats[0].logical_bytes / count
    );
    let small = access_batch(u32::MAX / BATCH, 1_000);
    let took = time(|| {
        for record in small.iter() {
            let one: Batch = [record].into_iter().collect();
            store.append(&[("single", &one)], Identity::Fresh).expect("an append");
        }
    });
    report("append, one thread, one record each", 1_000, took);
}

fn reads(path: &Path, records: u32) {
    let store = SqliteStore::open(path, &OpenOptions::READ).expect("the store");
    let first = time(|| {
        let mut rows = store.read("access-log", &Prune::NONE, Order::NewestFirst).expect("rows");
        rows.next().expect("the first rows");
    });
    println!("the newest rows of {records}: {:.1} ms", first.as_secs_f64() * 1e3);
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let mut count = 0;
        let took = time(|| count = read_all(&store, "access-log", order));
        report(&format!("read, {order:?}"), count, took);
    }
}

fn reads_file(path: &Path) {
    let mut opened = None;
    let took = time(|| {
        let store = SqliteStore::open(path, &OpenOptions::READ).expect("a store");
        let collections = store.collections().expect("stats");
        opened = Some((store, collections));
    });
    let Some((store, collections)) = opened else { return };
    println!("open, and what there is: {:.1} ms", took.as_secs_f64() * 1e3);
    for collection in collections {
        let mut count = 0;
        let took = time(|| count = read_all(&store, &collection.name, Order::OldestFirst));
        report(&format!("read, {}", collection.name), count, took);
    }
    println!("    peak memory {} MB", peak_memory());
}

/// Packs all, quickly.
fn packs(path: &Path) {
    const PORTION: usize = 65_536;
    let store = SqliteStore::open(path, &OpenOptions::WRITE).expect("the store");
    let (mut count, mut storing) = (0, Duration::ZERO);
    let took = time(|| {
        let mut packing = store.packing("access-log").expect("a lease").expect("nobody has it");
        loop {
            let mut portion = None;
            storing += time(|| portion = packing.hot(PORTION, usize::MAX).ok());
            let portion = portion.expect("hot records");
            if portion.batch.is_empty() {
                break;
            }
            count += portion.batch.len() as u64;
            let block = pack(&portion.batch, Effort::Quick).expect("a block");
            storing += time(|| _ = packing.pack(portion, block.into()).expect("stored"));
        }
        storing += time(|| store.tidy().expect("tidy"));
    });
    report("pack, one thread, quickly", count, took);
    println!("    {:.2} s of it in the store", storing.as_secs_f64());
}

/// An import of records that have their ids, and the same again.
fn brings(path: &Path, records: u32) {
    let store = SqliteStore::open(path, &OpenOptions::WRITE).expect("a new store");
    let batches: Vec<Batch> =
        (0..records.div_ceil(BATCH)).map(|number| access_batch(number, BATCH)).collect();
    for name in ["brought", "brought again"] {
        let mut doubled = 0;
        let took = time(|| {
            for batch in &batches {
                let appended =
                    store.append(&[("log", batch)], Identity::Brought).expect("an append");
                doubled += appended.duplicates;
            }
        });
        report(name, u64::from(records.div_ceil(BATCH) * BATCH), took);
        println!("    {doubled} were there");
    }
}

/// The worst that can be merged: every batch covers the same day.
fn overlaps(path: &Path, records: u32) {
    const COPY: u32 = 10_000;
    let store = SqliteStore::open(path, &OpenOptions::WRITE).expect("a new store");
    for number in 0..records / COPY {
        let batch = access_batch(number, COPY);
        for piece in 0..16 {
            let part: Batch = batch.iter().skip(piece).step_by(16).collect();
            store.append(&[("log", &part)], Identity::Fresh).expect("an append");
        }
    }
    let before = peak_memory();
    let mut count = 0;
    let took = time(|| count = read_all(&store, "log", Order::OldestFirst));
    report(&format!("read, {} batches of the same day", records / COPY * 16), count, took);
    println!("    peak memory {before} MB before, {} MB after", peak_memory());
}

fn read_all(store: &SqliteStore, collection: &str, order: Order) -> u64 {
    let mut rows = store.read(collection, &Prune::NONE, order).expect("rows");
    let mut count = 0;
    while let Some(batch) = rows.next().expect("a portion") {
        count += batch.len() as u64;
    }
    count
}

fn report(what: &str, records: u64, took: Duration) {
    let rate = u128::from(records) * 1_000 / took.as_millis().max(1);
    println!("{what}: {records} records in {:.2} s, {rate} a second", took.as_secs_f64());
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// Megabytes, where the system says so.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.map_or("?".to_owned(), |kilobytes| (kilobytes / 1024).to_string())
}

/// Access records of one day, spread over it.
fn access_batch(number: u32, records: u32) -> Batch {
    let ids = IdSource::new([3; 5]);
    let mut random = u64::from(number) * 0x9E37_79B9_7F4A_7C15 + 1;
    let mut batch = Batch::new();
    for (index, id) in (0..).zip(ids.reserve(1_767_225_600 + number, records)) {
        let millis = START_MILLIS + i64::from(index) * DAY_MILLIS / i64::from(records);
        access_record(&mut random).encode_into(id, EventTime::from_millis(millis), &mut batch);
    }
    batch
}

fn access_record(random: &mut u64) -> Entry<'static> {
    const PATHS: [&str; 6] =
        ["/", "/api/orders", "/products", "/assets/app.js", "/images/reset.png", "/login"];
    const AGENTS: [&str; 3] = [
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15",
        "curl/8.10.1",
    ];
    let mut pick = |below: u16| {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        u16::try_from(*random % u64::from(below)).unwrap_or(0)
    };
    let address = format!("{}.{}.{}.{}", pick(223), pick(256), pick(256), pick(256));
    let path = format!("{}/{}", PATHS[usize::from(pick(6))], pick(5_000));
    let status = [200, 200, 200, 304, 404, 500][usize::from(pick(6))];
    let bytes = i64::from(pick(60_000));
    let agent = AGENTS[usize::from(pick(3))];
    let message = format!(
        "{address} - - [01/Jan/2026:00:00:00 +0000] \"GET {path} HTTP/1.1\" {status} {bytes} \"-\" \"{agent}\""
    );
    Entry {
        level: Some("INFO".into()),
        message: message.into(),
        http: Some(Box::new(Http {
            method: Some("GET".into()),
            path: Some(path.into()),
            status: Some(status),
            bytes: Some(bytes),
            remote_addr: Some(address.into()),
            user_agent: Some(agent.into()),
            protocol: Some("HTTP/1.1".into()),
            ..Http::default()
        })),
        ..Entry::default()
    }
}

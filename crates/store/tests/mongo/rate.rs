//! How fast records go to an engine on this machine; not a test. Run it by
//! `cargo test --release -p woodpile-store --test mongo rate -- --ignored --nocapture`.

use crate::support::{batch, record};
use std::time::Instant;
use woodpile_store::{Identity, MongoStore, Order, Prune, Store};
use woodpile_test_support::Ferret;

const RECORDS: u32 = 100_000;

#[test]
#[ignore = "a measurement"]
#[expect(clippy::disallowed_methods, reason = "a measurement")]
fn rate() {
    let Some(ferret) = Ferret::start() else { return };
    let store = MongoStore::new(&format!("{}logs", ferret.uri())).unwrap();
    for at_once in [1, 100, 1_000, 10_000] {
        let batches: Vec<_> = (0..RECORDS.min(at_once * 1_000) / at_once)
            .map(|round| batch((round * at_once..(round + 1) * at_once).map(record)))
            .collect();
        let collection = format!("by-{at_once}");
        let start = Instant::now();
        for batch in &batches {
            store.append(&[(&collection, batch)], Identity::Fresh).unwrap();
        }
        let sent = f64::from(RECORDS.min(at_once * 1_000));
        println!("{at_once:>6} at once: {:>8.0} records/s", sent / start.elapsed().as_secs_f64());
    }
    let start = Instant::now();
    let mut rows = store.read("by-10000", &Prune::NONE, Order::OldestFirst).unwrap();
    let mut read = 0;
    while let Some(portion) = rows.next().unwrap() {
        read += portion.len();
    }
    assert_eq!(read, 100_000);
    println!(
        "read in order: {:>8.0} records/s",
        f64::from(RECORDS) / start.elapsed().as_secs_f64()
    );
}

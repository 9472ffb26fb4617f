//! What every spool must do.

use crate::conformance::records::{batch, numbered};
use woodpile_store::{MemorySpool, Spool, SqliteSpool, StoreError};

const BOUND: u64 = 256 * 1024;

fn in_order_and_bounded(spool: &dyn Spool) {
    assert_eq!(spool.oldest().unwrap(), None);
    assert_eq!(spool.waiting().unwrap(), (0, 0));
    let (one, two, three) = (batch(&numbered(0..5)), batch(&numbered(5..7)), batch(&numbered([7])));
    spool.put(&[("a", &one), ("журнал", &two)]).unwrap();
    spool.put(&[("a", &three)]).unwrap();
    spool.put(&[]).unwrap();
    let (records, bytes) = spool.waiting().unwrap();
    assert_eq!(records, 8);
    assert!(bytes > 0);

    let (first, portion) = spool.oldest().unwrap().unwrap();
    let found: Vec<_> = portion.iter().map(|part| (&*part.collection, &part.batch)).collect();
    assert_eq!(found, [("a", &one), ("журнал", &two)]);
    spool.remove(first).unwrap();
    spool.remove(first).unwrap();
    let (second, portion) = spool.oldest().unwrap().unwrap();
    assert_eq!(portion[0].batch, three);
    assert_ne!(first, second);
    spool.remove(second).unwrap();
    assert_eq!(spool.oldest().unwrap(), None);
    fills_and_drains(spool);
}

/// Puts until it is full, drains it, and finds all the room again.
fn fills_and_drains(spool: &dyn Spool) {
    let rounds: Vec<u32> = (0..2).map(|_| fill(spool)).collect();
    assert!(rounds[0] > 3 && rounds[1] * 2 > rounds[0], "{rounds:?} portions fit");
}

fn fill(spool: &dyn Spool) -> u32 {
    let mut put = 0_u32;
    let error = loop {
        // Noise, which does not compress.
        let noise = (0..400_u32).map(|n| (put * 400 + n).wrapping_mul(2_654_435_761));
        match spool.put(&[("log", &batch(&numbered(noise)))]) {
            Ok(()) => put += 1,
            Err(error) => break error,
        }
        assert!(put < 10_000, "the spool has no bound");
    };
    assert!(matches!(error, StoreError::Full { .. }) && error.is_temporary(), "{error}");
    assert_eq!(spool.waiting().unwrap().0, u64::from(put) * 400);
    while let Some((key, _)) = spool.oldest().unwrap() {
        spool.remove(key).unwrap();
    }
    put
}

#[test]
fn a_spool_in_memory() {
    in_order_and_bounded(&MemorySpool::new(BOUND));
}

#[test]
fn a_spool_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spool.db");
    let spool = SqliteSpool::open(&path, BOUND).unwrap();
    in_order_and_bounded(&spool);
    assert!(std::fs::metadata(&path).unwrap().len() <= BOUND);

    spool.put(&[("log", &batch(&numbered([1])))]).unwrap();
    drop(spool);
    let again = SqliteSpool::open(&path, BOUND).unwrap();
    assert_eq!(again.waiting().unwrap().0, 1);
}

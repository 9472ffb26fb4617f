//! Any bytes are a frame of Heroku's or an error; what is a frame, and says when it was sent, becomes the same records
//! whenever it arrives.
//!
//! `cargo +nightly fuzz run logplex fuzz/corpus/logplex crates/decode/tests/captures`
#![no_main]

use libfuzzer_sys::fuzz_target;
use woodpile_decode::format::logplex::{Delivery, Summary, decode};
use woodpile_decode::{Batches, Origin, Rejected, Sheaf};
use woodpile_line::Context;
use woodpile_record::{EventTime, IdSource};

/// 2026-11-22T08:00:00Z, and a day later.
const TIMES: [i64; 2] = [1_795_334_400_000, 1_795_420_800_000];

fn decoded_at(now: i64, body: &[u8]) -> (Result<Summary, Rejected>, Batches) {
    let zone = jiff::tz::TimeZone::UTC;
    let context = Context { now: EventTime::from_millis(now), zone: &zone };
    let delivery = Delivery { drain: Some("d.1"), frame: Some("F"), expected: None };
    let ids = IdSource::new([1; 5]);
    let mut sheaf = Sheaf::new(Origin::default(), context.now, &ids);
    let summary = decode(body, &delivery, &context, &mut |decoded| {
        let added = decoded.map(|decoded| sheaf.add(decoded));
        assert!(matches!(added, Ok(Ok(()))));
    });
    (summary, sheaf.into_batches())
}

fuzz_target!(|body: &[u8]| {
    let (summary, first) = decoded_at(TIMES[0], body);
    let (_, again) = decoded_at(TIMES[1], body);
    let Ok(summary) = summary else { return };
    assert!(first.len() as u64 <= summary.messages);
    assert!(first.fresh.is_empty());
    // A frame may say nowhere when it was sent: then its records are of when they arrive.
    let is_of_arrival = |batches: &Batches, now: i64| {
        batches.brought.iter().any(|(_, batch)| {
            batch.iter().any(|record| woodpile_record::event_time(record) == now)
        })
    };
    if !is_of_arrival(&first, TIMES[0]) && !is_of_arrival(&again, TIMES[1]) {
        assert_eq!(first.brought, again.brought);
    }
});

//! Any bytes are a body of JSON records, each of which becomes a record or is rejected with its place.
//!
//! `cargo +nightly fuzz run records fuzz/corpus/records crates/decode/tests/captures/bodies`
#![no_main]

use libfuzzer_sys::fuzz_target;
use woodpile_decode::format::records;
use woodpile_decode::{Decoded, Origin, Rejected, Sheaf};
use woodpile_line::{Context, Names};
use woodpile_record::{EventTime, IdSource};

fuzz_target!(|body: &[u8]| {
    let zone = jiff::tz::TimeZone::UTC;
    let context = Context { now: EventTime::from_millis(1_795_334_400_000), zone: &zone };
    let ids = IdSource::new([1; 5]);
    let lines = body.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let named = records::Options { collection: Some("orders"), names: Names { time: Some("t"), message: Some("a.b") } };
    for options in [records::Options::default(), named] {
        let mut sheaf = Sheaf::new(Origin::default(), context.now, &ids);
        let mut each = |decoded: Result<Decoded<'_>, Rejected>| match decoded {
            Ok(decoded) => _ = sheaf.add(decoded),
            Err(rejected) => assert!((1..=lines).contains(&rejected.line)),
        };
        if let Err(rejected) = records::decode(body, &context, options, &mut each) {
            assert!((1..=lines).contains(&rejected.line));
            assert!(sheaf.into_batches().is_empty());
        }
    }
});

//! Any bytes are one event of Loggly's, or one a line.
//!
//! `cargo +nightly fuzz run loggly fuzz/corpus/loggly crates/decode/tests/captures/bodies`
#![no_main]

use libfuzzer_sys::fuzz_target;
use woodpile_decode::format::loggly;
use woodpile_decode::{Decoded, Origin, Rejected, Sheaf};
use woodpile_line::Context;
use woodpile_record::{EventTime, IdSource};

fuzz_target!(|body: &[u8]| {
    let zone = jiff::tz::TimeZone::UTC;
    let context = Context { now: EventTime::from_millis(1_795_334_400_000), zone: &zone };
    let ids = IdSource::new([1; 5]);
    let mut sheaf = Sheaf::new(Origin::default(), context.now, &ids);
    let mut taken = 0;
    let mut each = |decoded: Result<Decoded<'_>, Rejected>| {
        if let Ok(decoded) = decoded
            && sheaf.add(decoded).is_ok()
        {
            taken += 1;
        }
    };
    loggly::event(body, &context, &mut each);
    assert!(taken <= 1);
    loggly::bulk(body, &context, &mut |decoded| assert!(decoded.is_ok()));
});

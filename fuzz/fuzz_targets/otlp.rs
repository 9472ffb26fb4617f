//! Any bytes are an export of OpenTelemetry, in both of its encodings.
//!
//! `cargo +nightly fuzz run otlp fuzz/corpus/otlp crates/decode/tests/captures/bodies`
#![no_main]

use libfuzzer_sys::fuzz_target;
use woodpile_decode::format::otlp::{self, Encoding};
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
    let _ = otlp::decode(body, Encoding::Protobuf, &context, &mut each);
    let _ = otlp::decode(body, Encoding::Json, &context, &mut each);
    let _ = taken;
});

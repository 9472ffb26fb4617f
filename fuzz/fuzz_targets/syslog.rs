//! Any bytes are a message of syslog that becomes at most one record.
//!
//! `cargo +nightly fuzz run syslog fuzz/corpus/syslog crates/decode/tests/captures`
#![no_main]

use libfuzzer_sys::fuzz_target;
use woodpile_decode::format::syslog;
use woodpile_decode::{Origin, Sheaf};
use woodpile_line::Context;
use woodpile_record::{EventTime, IdSource};

fuzz_target!(|message: &[u8]| {
    let zone = jiff::tz::TimeZone::UTC;
    let context = Context { now: EventTime::from_millis(1_795_334_400_000), zone: &zone };
    let ids = IdSource::new([1; 5]);
    let mut sheaf = Sheaf::new(Origin::default(), context.now, &ids);
    syslog::decode(message, &context, &mut |_, decoded| {
        let added = sheaf.add(decoded);
        assert!(added.is_ok());
    });
    assert!(sheaf.into_batches().len() <= 1);
});

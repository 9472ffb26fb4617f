//! Any bytes are cut into the same messages in whatever pieces they arrive, and none is longer than the limit.
//!
//! `cargo +nightly fuzz run frames fuzz/corpus/frames crates/decode/tests/captures`
#![no_main]

use libfuzzer_sys::fuzz_target;
use woodpile_decode::framing::{Frame, Frames};
use woodpile_decode::limits::MAX_MESSAGE_BYTES;

type Found = Vec<(u64, u64, Vec<u8>)>;

fn cut(mut frames: Frames, pieces: &[&[u8]]) -> Found {
    let mut found = Found::new();
    let mut each = |frame: Frame<'_>| found.push((frame.start, frame.end, frame.bytes.to_vec()));
    for piece in pieces {
        frames.push(piece, &mut each);
    }
    frames.finish(&mut each);
    found
}

fuzz_target!(|input: (bool, u16, &[u8])| {
    let (counts, place, bytes) = input;
    let frames = || if counts { Frames::of_syslog() } else { Frames::of_lines() };
    let (first, second) = bytes.split_at(usize::from(place).min(bytes.len()));
    let whole = cut(frames(), &[bytes]);
    assert_eq!(whole, cut(frames(), &[first, second]));
    assert!(whole.iter().all(|(_, _, message)| (1..=MAX_MESSAGE_BYTES).contains(&message.len())));
    assert!(whole.is_sorted_by(|a, b| a.1 <= b.0));
});

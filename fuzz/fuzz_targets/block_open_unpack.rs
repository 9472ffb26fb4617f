//! Any bytes are a block or an error: never a panic, a hang, or memory beyond the limits.
//!
//! `cargo +nightly fuzz run block_open_unpack fuzz/corpus/block_open_unpack crates/block/tests/fixtures`
#![no_main]

use libfuzzer_sys::fuzz_target;
use woodpile_block::Block;

fuzz_target!(|bytes: &[u8]| {
    let Ok(block) = Block::open(bytes) else { return };
    let _ = block.ids();
    for group in 0..block.groups().len() {
        let _ = block.unpack(group);
    }
});

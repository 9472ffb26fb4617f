//! Bytes as frames of zstd. Contexts are kept for the next bytes: making one takes longer than compressing a few
//! hundred bytes with it.

use std::cell::RefCell;
use zstd::bulk::{Compressor, Decompressor};

/// A level that takes little time and tells about what higher ones would do.
const TRIAL_LEVEL: i32 = 1;
/// The highest levels make of what [`TRIAL_LEVEL`] makes no less than this, in hundredths.
const HOPED_PERCENT: usize = 70;

thread_local! {
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Appends what bytes are compressed to.
pub(crate) fn append(bytes: &[u8], level: i32, out: &mut Vec<u8>) {
    out.extend_from_slice(&compress(bytes, level).unwrap_or_default());
}

/// Appends what bytes are compressed to where that is shorter than `max`; `None` where it is not. High levels, which
/// take long, are not tried where there is little hope.
pub(crate) fn shorter(bytes: &[u8], level: i32, max: usize, out: &mut Vec<u8>) -> Option<()> {
    let tried = compress(bytes, level.min(TRIAL_LEVEL))?;
    if tried.len() / 100 * HOPED_PERCENT >= max {
        return None;
    }
    let found = compress(bytes, level).filter(|found| found.len() < max)?;
    out.extend_from_slice(&found);
    Some(())
}

fn compress(bytes: &[u8], level: i32) -> Option<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|kept| {
        if kept.is_none() {
            *kept = Some(Compressor::default());
        }
        let compressor = kept.as_mut()?;
        compressor.set_compression_level(level).ok()?;
        compressor.compress(bytes).ok()
    })
}

/// Gives the memory back that this thread keeps to compress, which for high levels is much.
pub(crate) fn forget() {
    COMPRESSOR.set(None);
}

/// What was compressed to these bytes; `None` where they are no frame, or one of more than `max` bytes.
pub(crate) fn decompress(bytes: &[u8], max: usize) -> Option<Vec<u8>> {
    DECOMPRESSOR.with_borrow_mut(|kept| {
        if kept.is_none() {
            *kept = Decompressor::new().ok();
        }
        kept.as_mut()?.decompress(bytes, max).ok()
    })
}

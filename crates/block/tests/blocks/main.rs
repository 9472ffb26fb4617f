//! Blocks, seen from outside.
#![expect(clippy::expect_used, reason = "a test ends where something is missing")]
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "rows that are made are few, and their low bytes are wanted"
)]

mod damage;
mod fixtures;
mod matching;
mod round_trip;
mod scan;
mod support;

//! Blocks, seen from outside.

mod damage;
mod fixtures;
mod round_trip;
mod support;

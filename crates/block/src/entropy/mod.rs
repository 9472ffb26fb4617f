//! Numbers as few bits: each becomes a symbol, coded by how often it was seen in its context (range variant
//! of asymmetric numeral systems, J. Duda, <https://arxiv.org/abs/1311.2540>), and the bits that the symbol
//! leaves open.

mod bits;
mod counts;
mod meter;
mod model;
mod number;
mod reader;
mod sink;
mod writer;

pub(crate) use meter::SequenceMeter;
pub(crate) use reader::SequenceReader;
pub(crate) use sink::Sink;
pub(crate) use writer::SequenceWriter;

/// The most contexts that a sequence tells apart.
pub(crate) const MAX_CONTEXTS: usize = 64;
/// Symbols are bytes.
const SYMBOLS: usize = 256;
/// Probabilities are parts of 2^12.
const PRECISION: u32 = 12;
const TOTAL: u32 = 1 << PRECISION;
/// A state is at least this between two symbols; below, a byte is taken in.
const LOWEST: u32 = 1 << 23;
/// Two states take turns, so that two symbols are under way at once.
const STATES: usize = 2;

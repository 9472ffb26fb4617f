//! Packing without transactions. A collection's root document says which blocks there are; what it does not
//! name does not exist. A block is swapped in as *dirty*, its hot copies are deleted, then it is *clean*; to be
//! unpacked it becomes dirty again before the first copy is back. Whoever dies in between leaves what the next
//! holder of the lease puts right.

mod brought;
mod bytes;
mod cache;
mod chunks;
mod hot;
mod ids;
mod known;
mod lease;
mod packer;
mod portion;
mod root;
mod roots;
mod rows;
mod runs;
mod steps;
mod stored;

/// Where Woodpile's own state rests.
pub(super) const OWN: &str = "woodpile";

pub(super) use brought::{NotUnpacked, append_brought};
pub(super) use cache::RootCache;
pub(super) use chunks::BLOCKS;
pub(super) use lease::Sightings;
pub(super) use packer::MongoPacking;
pub(super) use root::Root;
pub(super) use roots::all as roots;
pub(super) use rows::{HotRows, MongoRows};
pub(super) use steps::Steps;
pub(super) use stored::{block, blocks, check};

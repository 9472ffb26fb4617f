//! Packing without transactions. A collection's root document says which blocks there are; what it does not
//! name does not exist. A block is swapped in as *dirty*, its hot copies are deleted, then it is *clean*:
//! whoever dies in between leaves what the next holder of the lease puts right.

mod bytes;
mod chunks;
mod hot;
mod known;
mod lease;
mod packer;
mod root;
mod rows;
mod runs;
mod steps;
mod stored;

pub(super) use chunks::BLOCKS;
pub(super) use known::{append_brought, not_unpacked};
pub(super) use lease::Sightings;
pub(super) use packer::MongoPacking;
pub(super) use root::{OWN, Root, all as roots};
pub(super) use rows::MongoRows;
pub(super) use steps::Steps;
pub(super) use stored::{block, blocks, check};

//! The paths that read records. Each search runs on a thread of its own, within limits, and ends when whoever asked
//! leaves.

mod asked;
pub(crate) mod by_id;
mod chunks;
mod error;
pub(crate) mod fields;
mod format;
mod given;
pub(crate) mod histogram;
mod outlet;
pub(crate) mod records;
mod searching;
pub(crate) mod stats;
pub(crate) mod tail;
mod viewer;

pub(crate) use asked::Asked;
pub(crate) use searching::searched;
pub(crate) use viewer::Viewer;

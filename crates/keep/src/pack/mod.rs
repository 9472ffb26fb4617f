//! Hot records into blocks, small blocks into large ones, and back.
//!
//! The store makes each step take effect at once or not at all, and a block is proven to give its records back
//! before there is one; here it is decided which records and blocks a step takes.

mod error;
mod forget;
mod hot;
mod in_order;
mod limits;
mod merge;
mod plan;
mod session;
mod source;
mod unpack;

pub use error::PackError;
pub use forget::{Forgotten, forget};
pub use plan::Plan;
pub use session::Packed;
pub use unpack::unpack;

pub(crate) use limits::HOT_LEAST;
pub(crate) use session::Session;

use woodpile_store::{CollectionStats, Store, StoreError};

/// Watches packing: is told how far it is, and says whether it goes on.
pub trait Watch {
    /// So many of so many records are done; the total is an estimate.
    fn progress(&mut self, done: u64, total: u64);

    /// So many bytes of hot records, as BSON, are in a block now.
    fn packed(&mut self, bytes: u64) {
        let _ = bytes;
    }

    /// Whether to go on: asked every few thousand records. It may take its time to answer while others need
    /// the machine.
    fn goes_on(&mut self) -> bool;
}

/// What packing a collection has to go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Hot records, those that are too young for the plan included.
    pub hot: u64,
    /// Records of blocks that are packed anew.
    pub repacked: u64,
}

/// Says what packing would go through, without doing it.
///
/// # Errors
/// What the store says.
pub fn foresee(store: &dyn Store, stats: &CollectionStats, plan: Plan) -> Result<Work, StoreError> {
    let blocks = if plan.merges_all() { store.blocks(&stats.name)? } else { Vec::new() };
    Ok(Work { hot: stats.hot_records, repacked: plan::left_to_merge(&blocks) })
}

/// Packs a collection's hot records as the plan says, then merges its blocks.
///
/// What is done stays done if it fails or is stopped in the middle.
///
/// # Errors
/// [`PackError::Busy`] if another is packing the collection, [`PackError::Stopped`] if the watcher ended it;
/// else what the store said. A block that is damaged is no error: it is left alone and told in the answer.
pub fn pack(
    store: &dyn Store,
    collection: &str,
    plan: Plan,
    watch: &mut dyn Watch,
) -> Result<Packed, PackError> {
    let mut session = Session::open(store, collection, watch)?;
    session.expect_to_pack(plan)?;
    session.pack_hot(plan)?;
    session.merge_blocks(plan)?;
    Ok(session.finish())
}

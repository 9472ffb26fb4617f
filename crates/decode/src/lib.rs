//! What did these bytes say?
//!
//! Every way in hands its bytes to a decoder of [`mod@format`], behind one of [`framing`] where a connection carries many
//! messages. A decoder hands out one [`Decoded`] record after another, in order, and is total: bytes from outside
//! give records or a [`Rejected`], never a panic. A [`Sheaf`] makes batches of them. This crate reads no clock, no
//! environment and no socket: what "now" is, and who makes ids, are arguments.

mod decoded;
pub mod exported;
pub mod format;
pub mod framing;
mod hash;
pub mod limits;
mod lines;
mod place;
mod sheaf;

pub use decoded::{Body, Decoded, Each, Rejected};
pub use hash::stable_hash;
pub use sheaf::{Batches, Misplaced, Origin, Sheaf, check_name};

//! How much room the owner gives to a store, and what happens as it fills up.
//!
//! A [`Quota`] rests in the store itself, so that all who write to it know it. A [`Guard`] stands before whoever
//! writes; [`thin()`] removes what is worth least where the owner chose that; [`full_at`] says when the room will be
//! used up.

mod cut;
mod forecast;
mod guard;
mod limits;
mod rule;
mod thin;
mod usage;

pub use forecast::full_at;
pub use guard::Guard;
pub use limits::ATLAS_FREE_BYTES;
pub use rule::{Overflow, Quota, QuotaError};
pub use thin::{Thinned, thin};
pub use usage::{Level, Usage, used_bytes};

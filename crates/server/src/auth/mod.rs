//! Who asks, and what they may do.
//!
//! A `Gate` knows all secrets by their hashes: those of the environment, and the [`tokens`] and sessions of the store,
//! which `refresh` reads again every few seconds. A handler says by an argument what it needs:
//! `Caller<Ingest>`. As long as there is no secret at all only this machine is served, and only directly: see
//! `direct`.

mod base32;
mod caller;
mod credentials;
mod direct;
mod gate;
mod rate;
pub(crate) mod refresh;
mod scope;
mod scram;
mod secret;
pub(crate) mod sessions;
mod source;
mod token_error;
pub mod tokens;

pub(crate) use caller::{Admin, Anyone, Caller, Ingest, Read, find};
pub(crate) use credentials::{SESSION_COOKIE, Shown, shown};
pub(crate) use direct::refuse_strangers;
pub(crate) use gate::{Gate, Known};
pub use rate::Rate;
pub use scope::Scope;
pub use secret::Secret;
pub(crate) use secret::{SecretHash, sha256};
pub(crate) use source::Source;
pub use token_error::TokenError;
pub use tokens::{Listed, Token};

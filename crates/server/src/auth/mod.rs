//! Who asks, and what they may do.
//!
//! A [`Gate`] knows all secrets by their hashes: those of the environment, and the tokens and sessions of the store,
//! which it reads again every few seconds. A handler says by an argument what it needs: [`Caller<Ingest>`](Caller).
//! As long as there is no secret at all only this machine is served, and only directly: see [`direct`].

mod base32;
mod caller;
mod credentials;
mod direct;
mod gate;
mod scope;
mod secret;
mod source;

pub(crate) use caller::{Admin, Caller, Ingest, Read};
pub(crate) use direct::refuse_strangers;
pub(crate) use gate::Gate;
pub use scope::Scope;
pub use secret::Secret;
pub(crate) use source::Source;

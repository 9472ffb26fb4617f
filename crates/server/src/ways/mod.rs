//! The ways in: each brings records, and says so only when they are durable.

mod body;
pub(crate) mod deliver;
pub(crate) mod elastic;
pub(crate) mod follow;
pub(crate) mod heroku;
mod idempotency;
pub(crate) mod listeners;
pub(crate) mod loggly;
pub(crate) mod losses;
pub(crate) mod otlp;
pub(crate) mod records;
pub(crate) mod refused;
pub(crate) mod syslog;

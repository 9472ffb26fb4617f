//! The ways in: each brings records, and says so only when they are durable.

pub(crate) mod deliver;
pub(crate) mod follow;
pub(crate) mod heroku;
pub(crate) mod listeners;
pub(crate) mod losses;
pub(crate) mod refused;
pub(crate) mod syslog;

//! One file for each format: `parse` reads a line, or finds that it is not in the format.

pub(crate) mod heroku;
pub(crate) mod json;
pub(crate) mod logfmt;
pub(crate) mod morgan;
pub(crate) mod plain;
pub(crate) mod rails;
pub(crate) mod syslog;

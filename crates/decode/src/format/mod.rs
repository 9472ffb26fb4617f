//! What one message, or a whole body, says: a decoder a file.

pub mod file;
mod header;
mod heroku;
pub mod logplex;
mod message;
mod priority;
mod structured_data;
pub mod syslog;

pub use heroku::Loss;

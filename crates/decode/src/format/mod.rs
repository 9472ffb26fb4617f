//! What one message, or a whole body, says: a decoder a file.

pub mod bulk;
pub mod file;
mod header;
mod heroku;
pub mod loggly;
pub mod logplex;
mod message;
pub mod otlp;
mod priority;
pub mod records;
mod structured_data;
pub mod syslog;

pub use heroku::Loss;

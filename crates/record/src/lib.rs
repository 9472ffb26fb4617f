//! What a log record is: a BSON document with `_id`, `timestamp`, `level`, `message` and any other fields.
//!
//! An [`Entry`] is a record on its way in: borrowed, typed, not yet encoded. A [`Batch`] holds encoded
//! records one after another. A [`View`] reads a record's standard fields back, whoever wrote it.
//! [`json`] is the textual form. This crate reads no clock, no environment and no socket, and knows
//! no protocol, store or query.

mod batch;
mod cut;
mod entry;
mod event_time;
mod field_path;
mod id;
pub mod json;
pub mod level;
pub mod limits;
mod names;
mod record;
mod value;
mod view;
mod writer;

pub use batch::Batch;
pub use bson::RawDocument;
pub use bson::oid::ObjectId;
pub use bson::raw::RawBsonRef;
pub use entry::{Entry, Exception, Heroku, Http};
pub use event_time::{EventTime, event_time};
pub use field_path::find;
pub use id::IdSource;
pub use level::Severity;
pub use names::{is_standard, name};
pub use record::{Record, RecordError};
pub use value::Value;
pub use view::View;
pub use writer::Writer;

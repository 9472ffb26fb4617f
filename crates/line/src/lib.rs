//! What does one line of text say?
//!
//! [`parse`] reads one line in whatever format it is in and returns it as a typed record; it is total, for
//! anything is at least plain text. A [`Joiner`] puts lines together that are one record: an error and its stack
//! trace, a Rails request from `Started` to `Completed`. [`enrich()`] does for a record's message what `parse`
//! does for a line.
//!
//! # What becomes the message
//!
//! * An access line stays the message as it is, whole; its parts are also in `http`.
//! * Where a line is a header and a text, and all that the header says is in typed fields (`timestamp`, `level`,
//!   `loggerName`, `process`…), the text is the message.
//! * In any other case the whole line is the message, and the fields stand beside it.
//!
//! So no word of a line is lost: it is in the message, or in a field of its own. Colours (ANSI escapes) are
//! overlooked when a line is read and stay in the message. This crate reads no clock, no environment and no
//! socket: what "now" is, and in which zone a time without one is meant, are arguments.
//!
//! ```
//! use woodpile_line::{Context, Route, parse};
//! use woodpile_record::EventTime;
//!
//! let context = Context { now: EventTime::from_millis(0), zone: &jiff::tz::TimeZone::UTC };
//! let line = r#"192.0.2.7 - - [22/Nov/2026:07:32:49 +0000] "GET /cart HTTP/1.1" 200 5316 "-" "curl/8.5.0""#;
//! let read = parse(line, None, &context);
//! assert_eq!(read.route, Route::Access);
//! assert_eq!(read.entry.message, line);
//! assert_eq!(read.entry.http.and_then(|http| http.status), Some(200));
//! ```
//!
//! A new format is a file in `formats`, a line in the table of [`Format`], a place in the order of `detect`, and a
//! capture among the tests.

mod ansi;
mod context;
mod detect;
mod enrich;
mod fields;
mod format;
mod formats;
mod header;
mod held;
mod joiner;
mod level;
mod limits;
mod line;
mod lines;
mod named;
mod object;
mod own;
mod request;
mod requests;
mod route;
mod scalar;
mod scan;
mod scratch;
mod time;
mod together;
mod trace;

pub use context::Context;
pub use enrich::{enrich, enrich_in};
pub use format::{Format, UnknownFormat};
pub use formats::heroku::{heroku_code, set_heroku_code};
pub use joiner::{Joined, Joiner, keep_bytes};
pub use limits::{MAX_HELD_BYTES, MAX_HELD_LINES, MAX_OPEN_REQUESTS, MAX_SENDERS};
pub use line::{Line, parse, stands_alone};
pub use object::{Names, parse_object, read_fields};
pub use route::Route;
pub use scalar::typed;
pub use scratch::Scratch;
pub use time::{leading_syslog_time, whole as whole_time};
pub use together::parse_together;

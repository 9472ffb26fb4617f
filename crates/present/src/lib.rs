//! How is a record, or a row that a query made, written as text? As JSON, logfmt or CSV, for programs that read it, and
//! harmless for a terminal where it is shown on one.

pub mod csv;
pub mod escape;
mod exception;
mod form;
pub mod json;
pub mod logfmt;

pub use exception::exception_line;
pub use form::{Form, is_none, rfc3339};

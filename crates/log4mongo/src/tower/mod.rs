//! What a web server says of its requests: layers for services of [`http`] requests and responses.

mod access;
mod answer;
mod body;
mod client;
mod combined;
mod error;
mod request;

pub use access::{AccessLog, AccessLogFuture, AccessLogLayer};
pub use answer::AnswerBody;
pub use body::LoggedBody;
pub use client::ClientAddr;
pub use error::{Cause, ErrorLog, ErrorLogFuture, ErrorLogLayer, OnPanic};
pub use request::{RemoteUser, RequestId};

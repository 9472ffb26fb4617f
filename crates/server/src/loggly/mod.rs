//! Loggly's retrieval API, `/apiv2/…`, for what was written against it
//! (<https://documentation.solarwinds.com/en/success_center/loggly/content/admin/api-retrieving-data.htm>).
//!
//! Where its documents do not say what an answer looks like, ours is the obvious one. Answers are JSON of many lines, as
//! scripts take theirs apart with `grep`.

mod asked;
mod count;
mod customer;
mod event;
mod fields;
mod iterate;
mod pretty;
mod rsids;
mod search;
mod stats;
mod volume;

pub(crate) use count::get as count;
pub(crate) use customer::get as customer;
pub(crate) use fields::{get as fields, values};
pub(crate) use iterate::get as iterate;
pub(crate) use rsids::Rsids;
pub(crate) use search::{events, get as search};
pub(crate) use stats::get as stats;
pub(crate) use volume::get as volume;

use crate::auth::{Caller, Read};
use crate::error::ApiError;
use http::StatusCode;

/// Clients look for Loggly's own word where they may not read.
fn reader(caller: Result<Caller<Read>, ApiError>) -> Result<Caller<Read>, ApiError> {
    caller.map_err(|error| match error.status {
        StatusCode::UNAUTHORIZED => {
            ApiError { error: format!("Unauthorized: {}", error.error).into(), ..error }
        }
        _ => error,
    })
}

//! What all paths share: the router, bodies within limits, parameters, errors as JSON.

mod body;
mod count;
mod inflate;
mod json;
mod params;
mod router;

pub(crate) use body::Payload;
pub(crate) use json::Json;
pub(crate) use params::{Named, Params};
pub(crate) use router::{router, unknown_path};

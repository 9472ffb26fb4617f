use crate::error::ApiError;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde_json::Value;

/// JSON with each member on a line of its own.
#[derive(Debug)]
pub(crate) struct Pretty(pub(super) Value);

impl IntoResponse for Pretty {
    fn into_response(self) -> Response {
        match serde_json::to_string_pretty(&self.0) {
            Ok(text) => {
                let json = HeaderValue::from_static("application/json");
                ([(header::CONTENT_TYPE, json)], Body::from(text + "\n")).into_response()
            }
            Err(error) => ApiError::internal(error.to_string()).into_response(),
        }
    }
}

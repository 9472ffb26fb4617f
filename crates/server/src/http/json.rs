use crate::app::App;
use crate::error::ApiError;
use crate::http::Payload;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A small JSON body, of a request or an answer.
#[derive(Debug, Clone)]
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut bytes = match serde_json::to_vec(&self.0) {
            Ok(bytes) => bytes,
            Err(error) => return ApiError::internal(error.to_string()).into_response(),
        };
        bytes.push(b'\n');
        let mut response = Response::new(Body::from(bytes));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let path = request.uri().path().to_owned();
        let payload = Payload::from_request(request, app).await?;
        serde_json::from_slice(&payload.bytes).map(Self).map_err(|error| {
            ApiError::bad_request(
                format!("the body is not what {path} takes: {error}"),
                "expected a JSON object; API.md lists what each path takes",
            )
        })
    }
}

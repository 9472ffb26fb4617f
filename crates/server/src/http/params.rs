use crate::error::ApiError;
use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::de::DeserializeOwned;

/// What a request's `?…` says. A type that denies unknown fields refuses what is misspelt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Query(value) = Query::try_from_uri(&parts.uri).map_err(|error| {
            let error = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            ApiError::bad_request(
                format!("the parameters of {} are wrong: {error}", parts.uri.path()),
                "API.md lists what each path takes; `&`, `+`, `%` and blanks in a value are percent-encoded",
            )
        })?;
        Ok(Self(value))
    }
}

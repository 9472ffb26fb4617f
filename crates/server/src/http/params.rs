use crate::error::ApiError;
use axum::extract::{FromRequestParts, Path, Query};
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

/// The one part of a path that names something, such as ID in `/api/records/ID`.
#[derive(Debug, Clone)]
pub(crate) struct Named(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let name = Path::<String>::from_request_parts(parts, state).await;
        name.map(|Path(name)| Self(name)).map_err(|error| {
            ApiError::bad_request(error.body_text(), "a path is percent-encoded UTF-8")
        })
    }
}

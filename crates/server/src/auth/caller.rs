//! What a handler needs of whoever asks, as an argument.

use crate::app::App;
use crate::auth::credentials::{Shown, shown};
use crate::auth::{Scope, Source};
use crate::error::ApiError;
use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

/// What is needed.
pub(crate) trait Need {
    const SCOPE: Scope;
}

/// To bring records.
#[derive(Debug, Clone)]
pub(crate) struct Ingest;
/// To read records.
#[derive(Debug, Clone)]
pub(crate) struct Read;
/// To change what the owner set.
#[derive(Debug, Clone)]
pub(crate) struct Admin;

impl Need for Ingest {
    const SCOPE: Scope = Scope::Ingest;
}
impl Need for Read {
    const SCOPE: Scope = Scope::Read;
}
impl Need for Admin {
    const SCOPE: Scope = Scope::Admin;
}

/// Whoever asks, who may do what is needed. Comes before the body, which is not read from anybody else.
#[derive(Debug, Clone)]
pub(crate) struct Caller<N>(Arc<Source>, PhantomData<N>);

impl<N> Caller<N> {
    /// For those who outlive the request.
    pub(crate) fn source(&self) -> Arc<Source> {
        Arc::clone(&self.0)
    }
}

impl<N> Deref for Caller<N> {
    type Target = Source;

    fn deref(&self) -> &Source {
        &self.0
    }
}

impl<N: Need + Send> FromRequestParts<Arc<App>> for Caller<N> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let source = app.gate.source_of(&shown(parts)).await?;
        if !source.scope.covers(N::SCOPE) {
            return Err(lacks_scope(&source, N::SCOPE));
        }
        Ok(Self(source, PhantomData))
    }
}

fn lacks_scope(source: &Source, needed: Scope) -> ApiError {
    let Source { name, scope, .. } = source;
    ApiError::new(
        StatusCode::FORBIDDEN,
        format!("the token {name:?} has the scope {scope}, and this needs {needed}"),
        format!("`woodpile token create NAME --scope {needed}` makes one that may"),
    )
}

impl Shown<'_> {
    /// What is told to who shows nothing that is known.
    pub(crate) fn refusal(&self) -> ApiError {
        let (error, hint) = match self {
            Self::Nothing => (
                "a token is needed",
                "send it as `Authorization: Bearer TOKEN` or as the password of basic authentication; \
                 `woodpile token create NAME` makes one",
            ),
            Self::Unreadable => (
                "the Authorization header is not understood",
                "expected `Bearer TOKEN`, or `Basic` with the token as the password",
            ),
            Self::Token(_) => (
                "the token is not known",
                "it may have been revoked; `woodpile token list` shows those there are, `woodpile token create NAME` \
                 makes one",
            ),
            Self::Session(_) => {
                ("the session has ended", "log in again: POST /api/session with the password")
            }
        };
        ApiError::new(StatusCode::UNAUTHORIZED, error, hint)
    }
}

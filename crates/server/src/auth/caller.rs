//! What a handler needs of whoever asks, as an argument.

use crate::app::App;
use crate::auth::credentials::{Shown, shown};
use crate::auth::gate::Looked;
use crate::auth::{Scope, Source, refresh};
use crate::error::{ApiError, RETRY_STORE};
use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{Method, StatusCode};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

/// What is needed.
pub(crate) trait Need {
    /// `None` where any will do.
    const SCOPE: Option<Scope>;
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

/// To be known.
#[derive(Debug, Clone)]
pub(crate) struct Anyone;

impl Need for Anyone {
    const SCOPE: Option<Scope> = None;
}
impl Need for Ingest {
    const SCOPE: Option<Scope> = Some(Scope::Ingest);
}
impl Need for Read {
    const SCOPE: Option<Scope> = Some(Scope::Read);
}
impl Need for Admin {
    const SCOPE: Option<Scope> = Some(Scope::Admin);
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
        let shown = shown(parts);
        refuse_foreign_pages(&shown, parts)?;
        let source = find(app, &shown).await?;
        if let Some(needed) = N::SCOPE.filter(|needed| !source.scope.covers(*needed)) {
            return Err(lacks_scope(&source, needed));
        }
        if N::SCOPE == Some(Scope::Ingest) {
            app.gate.check_rate(&source)?;
        }
        Ok(Self(source, PhantomData))
    }
}

/// Whoever has the secret that is shown, in whatever way it came.
pub(crate) async fn find(app: &App, shown: &Shown<'_>) -> Result<Arc<Source>, ApiError> {
    if let Looked::Found(source) = app.gate.look(shown) {
        return Ok(source);
    }
    // A token that was just made is not known yet. While the store is away what was read last counts.
    if matches!(shown, Shown::Token(_) | Shown::Session(_)) {
        let _ = refresh::refresh(app).await;
    }
    match app.gate.look(shown) {
        Looked::Found(source) => Ok(source),
        Looked::Unknown => Err(shown.refusal()),
        Looked::Unread => Err(ApiError::busy(
            "the tokens are not known yet, for the store is away",
            "try again when it is back",
            RETRY_STORE,
        )),
    }
}

/// A session's cookie comes by itself: a page of another site must not use it to change anything.
fn refuse_foreign_pages(shown: &Shown<'_>, request: &Parts) -> Result<(), ApiError> {
    let is_foreign = request
        .headers
        .get("sec-fetch-site")
        .is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none"));
    let reads = matches!(request.method, Method::GET | Method::HEAD);
    if is_foreign && !reads && matches!(shown, Shown::Session(_)) {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "the request comes from a page of another site",
            "programs send a token, not the page's cookie",
        ));
    }
    Ok(())
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

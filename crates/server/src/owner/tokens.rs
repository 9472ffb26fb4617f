//! `/api/tokens`: who may send and read.

use crate::app::App;
use crate::auth::{Admin, Caller, Listed, Rate, Scope, Token, TokenError, refresh, tokens};
use crate::clock;
use crate::error::ApiError;
use crate::http::{Json, Named};
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A token without its secret.
#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    name: String,
    scope: &'static str,
    collection: Option<String>,
    tags: Vec<String>,
    rate: Option<String>,
    created: Option<String>,
    last_use: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct All {
    tokens: Vec<Shown>,
}

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    name: String,
    scope: Option<String>,
    collection: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    rate: Option<String>,
}

/// What was made, with the secret: it is shown only here.
#[derive(Debug, Serialize)]
pub(crate) struct Made {
    name: String,
    token: String,
}

pub(crate) async fn list(
    _: Caller<Admin>,
    State(app): State<Arc<App>>,
) -> Result<Json<All>, ApiError> {
    let store = app.store()?;
    let listed = app.permits.call(move || tokens::list(&*store)).await??;
    Ok(Json(All { tokens: listed.into_iter().map(Shown::of).collect() }))
}

pub(crate) async fn create(
    _: Caller<Admin>,
    State(app): State<Arc<App>>,
    Json(new): Json<New>,
) -> Result<(StatusCode, Json<Made>), ApiError> {
    let token = new.token()?;
    let name = token.name.clone();
    let store = app.store()?;
    let made = app.permits.call(move || tokens::create(&*store, &token, clock::now())).await?;
    let secret = made.map_err(unchanged)?;
    refresh::refresh(&app).await?;
    Ok((StatusCode::CREATED, Json(Made { name, token: secret.reveal().to_owned() })))
}

pub(crate) async fn revoke(
    _: Caller<Admin>,
    State(app): State<Arc<App>>,
    Named(name): Named,
) -> Result<StatusCode, ApiError> {
    let store = app.store()?;
    app.permits.call(move || tokens::revoke(&*store, &name)).await?.map_err(unchanged)?;
    refresh::refresh(&app).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Shown {
    fn of(listed: Listed) -> Self {
        let Listed { token: Token { name, scope, collection, tags, rate }, created, last_use } =
            listed;
        let text = |time: jiff::Timestamp| format!("{time:.0}");
        Self {
            name,
            scope: scope.name(),
            collection,
            tags,
            rate: rate.map(|rate| rate.to_string()),
            created: created.map(text),
            last_use: last_use.map(text),
        }
    }
}

impl New {
    fn token(self) -> Result<Token, ApiError> {
        let wrong = |error: String| ApiError::bad_request(error, "API.md tells what a token has");
        let scope = self.scope.as_deref().unwrap_or(Scope::Ingest.name()).parse().map_err(wrong)?;
        let rate: Option<Rate> = self.rate.as_deref().map(str::parse).transpose().map_err(wrong)?;
        let Self { name, collection, tags, .. } = self;
        Ok(Token { name, scope, collection, tags, rate })
    }
}

fn unchanged(error: TokenError) -> ApiError {
    let status = match error {
        TokenError::Store(error) => return error.into(),
        TokenError::Random(error) => return ApiError::internal(error.to_string()),
        TokenError::Unknown { .. } => StatusCode::NOT_FOUND,
        TokenError::Exists(_) | TokenError::TooMany => StatusCode::CONFLICT,
        _ => StatusCode::BAD_REQUEST,
    };
    ApiError::new(status, error.to_string(), "GET /api/tokens lists those that there are")
}

//! `/api/rules`: what is dropped, masked, or kept for a while.

use crate::app::App;
use crate::auth::{Admin, Caller};
use crate::error::ApiError;
use crate::http::{Json, Named};
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use woodpile_rules::{BookError, Numbered, Rule};

#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    number: i64,
    rule: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct All {
    rules: Vec<Shown>,
}

/// A rule as `rule list` prints it: `drop QUERY`, `mask …`, `keep QUERY for LIMIT`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    rule: String,
}

pub(crate) async fn list(
    _: Caller<Admin>,
    State(app): State<Arc<App>>,
) -> Result<Json<All>, ApiError> {
    let store = app.store()?;
    let rules = app.permits.call(move || woodpile_rules::list(&*store)).await??;
    let shown = |Numbered { number, rule }| Shown { number, rule };
    Ok(Json(All { rules: rules.into_iter().map(shown).collect() }))
}

pub(crate) async fn add(
    _: Caller<Admin>,
    State(app): State<Arc<App>>,
    Json(New { rule }): Json<New>,
) -> Result<(StatusCode, Json<Shown>), ApiError> {
    let rule = Rule::parse(&rule).map_err(|error| {
        ApiError::bad_request(error.to_string(), "`woodpile rule --help` tells of rules")
    })?;
    let text = rule.to_string();
    let store = app.store()?;
    let number = app.permits.call(move || woodpile_rules::add(&*store, &rule)).await?;
    let number = number.map_err(unchanged)?;
    Ok((StatusCode::CREATED, Json(Shown { number, rule: text })))
}

pub(crate) async fn remove(
    _: Caller<Admin>,
    State(app): State<Arc<App>>,
    Named(number): Named,
) -> Result<Json<Shown>, ApiError> {
    let number = number.parse().map_err(|_| {
        ApiError::bad_request(
            format!("{number:?} is no number of a rule"),
            "GET /api/rules lists them",
        )
    })?;
    let store = app.store()?;
    let rule = app.permits.call(move || woodpile_rules::remove(&*store, number)).await?;
    Ok(Json(Shown { number, rule: rule.map_err(unchanged)? }))
}

fn unchanged(error: BookError) -> ApiError {
    let status = match error {
        BookError::Store(error) => return error.into(),
        BookError::Unknown { .. } => StatusCode::NOT_FOUND,
        _ => StatusCode::CONFLICT,
    };
    ApiError::new(status, error.to_string(), "GET /api/rules lists those that there are")
}

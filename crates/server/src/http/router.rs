use crate::app::App;
use crate::auth::refuse_strangers;
use crate::error::ApiError;
use crate::http::count::count;
use crate::owner::{rules, searches, session, tokens, usage};
use crate::read::{by_id, fields, histogram, records, stats, tail};
use crate::ways::heroku;
use crate::{health, metrics};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use http::{Method, StatusCode, Uri};
use std::sync::Arc;

/// Every path. Each line names the file that answers.
pub(crate) fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/api/records", get(records::get))
        .route("/api/records/{id}", get(by_id::get))
        .route("/api/records/{id}/context", get(by_id::context))
        .route("/api/tail", get(tail::get))
        .route("/api/histogram", get(histogram::get))
        .route("/api/fields", get(fields::get))
        .route("/api/fields/{name}", get(fields::values))
        .route("/api/stats", get(stats::get))
        .route("/api/tokens", get(tokens::list).post(tokens::create))
        .route("/api/tokens/{name}", delete(tokens::revoke))
        .route("/api/rules", get(rules::list).post(rules::add))
        .route("/api/rules/{number}", delete(rules::remove))
        .route("/api/searches", get(searches::list).post(searches::save))
        .route("/api/searches/{name}", delete(searches::remove))
        .route("/api/usage", get(usage::get))
        .route("/api/session", get(session::get).post(session::begin).delete(session::end))
        .route("/heroku", post(heroku::post))
        .route("/health", get(health::get))
        .route("/metrics", get(metrics::get))
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_method)
        .layer(from_fn_with_state(Arc::clone(app), refuse_strangers))
        .layer(from_fn_with_state(Arc::clone(app), count))
        .with_state(Arc::clone(app))
}

async fn unknown_path(uri: Uri) -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        format!("there is nothing at {}", uri.path()),
        "records are sent to POST /api/records and read from GET /api/records",
    )
}

async fn unknown_method(method: Method, uri: Uri) -> ApiError {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{} takes no {method}", uri.path()),
        "the Allow header names the methods that it takes",
    )
}

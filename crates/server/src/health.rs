//! `GET /health`: whether the server is ready. Open to all, so it says no more than that.

use crate::app::App;
use crate::error::{ApiError, RETRY_STORE};
use crate::http::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize)]
pub(crate) struct Health {
    status: &'static str,
}

/// 503 while nothing can be stored as it comes.
pub(crate) async fn get(State(app): State<Arc<App>>) -> Response {
    if app.intake.is_ready() {
        return Json(Health { status: "ok" }).into_response();
    }
    let error = ApiError::busy(
        "the store is away",
        "records are taken only where a spool can hold them; the server's log says more",
        RETRY_STORE,
    );
    error.into_response()
}

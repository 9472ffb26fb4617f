//! `GET /health`: whether the server is ready. Open to all, so it says no more than that.

use crate::app::App;
use crate::http::Json;
use axum::extract::State;
use serde::Serialize;
use std::sync::Arc;

#[derive(Debug, Serialize)]
pub(crate) struct Health {
    status: &'static str,
}

pub(crate) async fn get(State(app): State<Arc<App>>) -> Json<Health> {
    let _ = app.store();
    Json(Health { status: "ok" })
}

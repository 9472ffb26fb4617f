//! `GET /apiv2/customer`: the account.

use super::pretty::Pretty;
use super::reader;
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::error::ApiError;
use axum::extract::State;
use http::{HeaderMap, header};
use serde_json::json;
use std::sync::Arc;
use woodpile_keep::Quota;

const BYTES_PER_MB: u64 = 1_000_000;

/// No token is told, as only hashes are kept. Nothing is forgotten by its age, so there are no days of retention; the
/// limit of the volume is the store's quota.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Read>, ApiError>,
    headers: HeaderMap,
) -> Result<Pretty, ApiError> {
    reader(caller)?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let subdomain = host.split(['.', ':']).next().unwrap_or_default();
    let store = app.store()?;
    let quota = app.permits.call(move || Quota::of(&*store)).await??;
    Ok(Pretty(json!({
        "subdomain": subdomain,
        "tokens": [],
        "subscription": {
            "retention_days": null,
            "volume_limit_mb": quota.map(|quota| quota.bytes / BYTES_PER_MB),
        },
    })))
}

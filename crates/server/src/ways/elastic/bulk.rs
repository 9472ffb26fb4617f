//! `POST /_bulk` and `/INDEX/_bulk`: each action has an answer of its own.

use super::answer;
use crate::app::App;
use crate::auth::{Caller, Ingest, Source};
use crate::clock;
use crate::error::ApiError;
use crate::http::Payload;
use crate::ways::body::{Taken, decoded, kept, sheaf};
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use woodpile_decode::Batches;
use woodpile_decode::format::bulk::{self, Item, Outcome};

const WAY: &str = "elastic";

/// Each action names its index.
pub(crate) async fn to_any(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Ingest>, ApiError>,
    payload: Result<Payload, ApiError>,
) -> Response {
    answer(take(&app, caller, None, payload).await)
}

/// The path names the index of actions that name none.
pub(crate) async fn to_index(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Ingest>, ApiError>,
    Path(index): Path<String>,
    payload: Result<Payload, ApiError>,
) -> Response {
    answer(take(&app, caller, Some(index), payload).await)
}

async fn take(
    app: &Arc<App>,
    caller: Result<Caller<Ingest>, ApiError>,
    index: Option<String>,
    payload: Result<Payload, ApiError>,
) -> Result<Value, ApiError> {
    let caller = caller?;
    let started = clock::instant();
    let source = caller.source();
    let read =
        decoded(app, payload?, move |app, body| records(app, &source, index.as_deref(), body));
    let (batches, items) = read.await??;
    let Taken { rejected, reason } = kept(app, WAY, &caller, batches).await?;
    if rejected > 0 {
        let error = format!("{rejected} records are not kept: {}", reason.unwrap_or_default());
        return Err(ApiError::bad_request(error, "the others are kept: leave these out"));
    }
    let failed = |item: &Item| !matches!(item.outcome, Outcome::Taken);
    Ok(json!({
        "took": u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "errors": items.iter().any(failed),
        "items": items.iter().map(shown).collect::<Value>(),
    }))
}

fn records(
    app: &App,
    source: &Source,
    index: Option<&str>,
    body: &[u8],
) -> Result<(Batches, Vec<Item>), ApiError> {
    let origin = source.origin(None);
    let options = bulk::Options { index, index_is_collection: origin.default_collection.is_none() };
    let mut items = Vec::new();
    let batches = sheaf(app, WAY, origin, |context, each| {
        items = bulk::decode(body, context, options, each)?;
        Ok(())
    })?;
    Ok((batches, items))
}

/// `{"create":{"_index":"logs","status":201,…}}`.
fn shown(item: &Item) -> Value {
    let mut answer = Map::new();
    answer.insert("_index".into(), item.index.as_str().into());
    if let Some(id) = &item.id {
        answer.insert("_id".into(), id.as_str().into());
    }
    let error = |status: u16, kind: &str, reason: &str| {
        (status, "error", json!({ "type": kind, "reason": reason }))
    };
    let is_update = item.kind == bulk::Kind::Update;
    let (status, key, value) = match &item.outcome {
        Outcome::Taken => (201, "result", "created".into()),
        Outcome::NoSuchDocument if is_update => error(
            404,
            "document_missing_exception",
            "records are never changed: there is none to update",
        ),
        Outcome::NoSuchDocument => (404, "result", "not_found".into()),
        Outcome::InvalidIndex(reason) => error(400, "invalid_index_name_exception", reason),
        Outcome::Unreadable(rejected) => {
            error(400, "document_parsing_exception", &rejected.to_string())
        }
    };
    answer.insert("status".into(), status.into());
    answer.insert(key.into(), value);
    json!({ item.kind.name(): answer })
}

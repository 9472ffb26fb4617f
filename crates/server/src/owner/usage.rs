//! `GET /api/usage`: how much there is, what room it takes, and when the quota will be used up.

use crate::app::App;
use crate::auth::{Caller, Read};
use crate::clock;
use crate::error::ApiError;
use crate::http::Json;
use crate::ways::losses::DrainLosses;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use std::sync::Arc;
use woodpile_keep::{Usage, full_at, used_bytes};
use woodpile_store::{CollectionStats, Store, StoreError};

/// As `woodpile stats --json` prints it. What is not known is null.
#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    store: String,
    logical_bytes: u64,
    quota_bytes: Option<u64>,
    full_at: Option<String>,
    collections: Vec<Collection>,
    /// What drains said that they lost before it came here, since the server started.
    lost_before: Vec<Lost>,
}

#[derive(Debug, Serialize)]
struct Lost {
    drain: String,
    messages: u64,
    notices: u64,
    code: String,
    since: Option<String>,
}

impl Lost {
    fn of((drain, losses): (String, DrainLosses)) -> Self {
        let DrainLosses { messages, notices, code, since, .. } = losses;
        let since = since.map(|since| rfc3339(since.millis()));
        Self { drain, messages, notices, code, since }
    }
}

#[derive(Debug, Serialize)]
struct Collection {
    name: String,
    records: u64,
    hot_records: u64,
    packed_records: u64,
    logical_bytes: u64,
    bytes_per_record: Option<f64>,
    message_bytes: Option<u64>,
    first: Option<String>,
    last: Option<String>,
}

pub(crate) async fn get(
    _: Caller<Read>,
    State(app): State<Arc<App>>,
) -> Result<Json<Shown>, ApiError> {
    let store = app.store()?;
    let now = clock::now().as_millisecond();
    let lost = app.losses.all().into_iter().map(Lost::of).collect();
    Ok(Json(app.permits.call(move || Shown::of(&*store, now, lost)).await??))
}

impl Shown {
    fn of(store: &dyn Store, now: i64, lost_before: Vec<Lost>) -> Result<Self, StoreError> {
        let collections = store.collections()?;
        let usage = Usage::of(store)?;
        let full_at = match usage {
            Some(usage) => full_at(store, usage, &collections, now)?,
            None => None,
        };
        Ok(Self {
            store: store.location(),
            logical_bytes: used_bytes(&collections),
            quota_bytes: usage.map(|usage| usage.quota.bytes),
            full_at: full_at.map(rfc3339),
            collections: collections.into_iter().map(Collection::of).collect(),
            lost_before,
        })
    }
}

impl Collection {
    #[expect(clippy::cast_precision_loss, reason = "an average needs no more than a double has")]
    fn of(stats: CollectionStats) -> Self {
        let average = || stats.logical_bytes as f64 / stats.records as f64;
        Self {
            bytes_per_record: (stats.records > 0).then(average),
            name: stats.name,
            records: stats.records,
            hot_records: stats.hot_records,
            packed_records: stats.packed_records,
            logical_bytes: stats.logical_bytes,
            message_bytes: stats.message_bytes,
            first: stats.first.map(rfc3339),
            last: stats.last.map(rfc3339),
        }
    }
}

fn rfc3339(millis: i64) -> String {
    Timestamp::from_millisecond(millis).map_or(millis.to_string(), |time| format!("{time:.3}"))
}

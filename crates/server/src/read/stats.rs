//! `GET /api/stats`: how much there is, or what a query makes of its records.

use super::asked::Asked;
use super::given::Given;
use super::records::damage_of;
use super::searching::searched;
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::clock;
use crate::error::ApiError;
use crate::http::Json;
use axum::extract::State;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use woodpile_keep::{Overflow, Quota, Usage, full_at, used_bytes};
use woodpile_present::json::simple;
use woodpile_present::rfc3339;
use woodpile_query::{Pipe, Pipeline, Rows, parse};
use woodpile_record::json as extended;
use woodpile_search::Worked;
use woodpile_store::{CollectionStats, Order, Store, StoreError};

/// What is told of records of which nothing else is asked.
const USUAL: &str =
    "* | stats count() as records, min(time) as first, max(time) as last by collection";

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    _: Caller<Read>,
    mut given: Given,
) -> Result<Json<Value>, ApiError> {
    let asked = Asked::take(&mut given)?;
    given.end()?;
    if asked.pipes().is_empty() && asked.asks_for_everything() {
        let store = app.store()?;
        return Ok(Json(app.permits.call(move || sizes(&*store, &asked)).await??));
    }
    let pipes = pipes_of(&asked);
    let worked = searched(&app, move |search, watch| {
        let question = asked.question(Order::NewestFirst, None).watched_by(watch.clone());
        let collections = asked.collections(search.store())?;
        search.work(&question, &collections, Pipeline::new(&pipes, &asked.zone))
    });
    Ok(Json(rows(&worked.await?)))
}

fn pipes_of(asked: &Asked) -> Vec<Pipe> {
    let usual = || parse(USUAL).map(|query| query.pipes).unwrap_or_default();
    if asked.pipes().is_empty() { usual() } else { asked.pipes().to_vec() }
}

/// `{"rows":[{…}]}`, the columns as they are written in the query.
fn rows(worked: &Worked) -> Value {
    let rows: Value = match &worked.rows {
        Rows::Records(records) => {
            let record = |found: &woodpile_query::FoundRecord| {
                let mut text = String::new();
                extended::write_with(&found.document, &found.collection, &mut text);
                serde_json::from_str::<Value>(&text).unwrap_or_default()
            };
            records.iter().map(record).collect()
        }
        Rows::Table(table) => {
            let row = |row: &Vec<bson::RawBson>| -> Value {
                let values = row.iter().map(|value| simple(value.as_raw_bson_ref()));
                table.columns.iter().cloned().zip(values).collect::<Map<_, _>>().into()
            };
            table.rows.iter().map(row).collect()
        }
    };
    json!({ "rows": rows, "damage": damage_of(&worked.damage) })
}

/// What the store and its collections take, as `woodpile stats --json` has it, and what else is known of the quota.
fn sizes(store: &dyn Store, asked: &Asked) -> Result<Value, ApiError> {
    let mut collections = store.collections()?;
    let quota = Quota::of(store)?;
    let usage = quota.map(|quota| Usage { quota, used: used_bytes(&collections) });
    let now = clock::now().as_millisecond();
    let full_at =
        usage.map(|usage| full_at(store, usage, &collections, now)).transpose()?.flatten();
    collections.retain(|stats| asked.takes_collection(&stats.name));
    let all = collections.iter().map(|stats| collection(store, stats));
    Ok(json!({
        "store": store.location(),
        "logical_bytes": used_bytes(&collections),
        "quota_bytes": usage.map(|usage| usage.quota.bytes),
        "full_at": full_at.map(|millis| rfc3339(millis, &TimeZone::UTC)),
        "collections": all.collect::<Result<Value, StoreError>>()?,
        "quota": usage.map(quota_of),
    }))
}

fn quota_of(usage: Usage) -> Value {
    let overflow = match usage.quota.overflow {
        Overflow::Refuse => "refuse",
        Overflow::Thin => "thin",
        Overflow::Assumed => "assumed",
    };
    json!({ "bytes": usage.quota.bytes, "used_bytes": usage.used, "full": overflow })
}

#[expect(clippy::cast_precision_loss, reason = "an average needs no more than a double has")]
fn collection(store: &dyn Store, stats: &CollectionStats) -> Result<Value, StoreError> {
    let time = |millis: Option<i64>| millis.map(|millis| rfc3339(millis, &TimeZone::UTC));
    let average = (stats.records > 0).then(|| stats.logical_bytes as f64 / stats.records as f64);
    Ok(json!({
        "name": stats.name,
        "records": stats.records,
        "hot_records": stats.hot_records,
        "packed_records": stats.packed_records,
        "logical_bytes": stats.logical_bytes,
        "bytes_per_record": average,
        "message_bytes": stats.message_bytes,
        "first": time(stats.first),
        "last": time(stats.last),
        "packed_unasked": store.is_packed_unasked(&stats.name)?,
    }))
}

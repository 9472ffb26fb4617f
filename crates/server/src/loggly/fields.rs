//! `GET /apiv2/fields` and `/apiv2/fields/NAME`: which fields the events have, and which values.

use super::asked::{Given, Wanted};
use super::pretty::Pretty;
use super::reader;
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::error::ApiError;
use crate::read::searched;
use axum::extract::{Path, State};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::sync::Arc;
use woodpile_present::json::simple;
use woodpile_store::Order;

/// The most fields, and the most values, that are listed.
const MAX_LISTED: usize = 500;
const MAX_VALUES: usize = 300;
const USUAL_VALUES: usize = 20;

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Read>, ApiError>,
    given: Given,
) -> Result<Pretty, ApiError> {
    reader(caller)?;
    let asked = Wanted::of(&given)?.asked()?;
    let most = given.number("facet_size", MAX_LISTED, MAX_LISTED)?;
    let counts = searched(&app, move |search, watch| {
        let question = asked.question(Order::NewestFirst, None).watched_by(watch.clone());
        search.field_counts(&question, &asked.collections(search.store())?)
    });
    let counts = counts.await?;
    let mut fields: Vec<_> = counts.fields.into_iter().collect();
    fields.sort_by_key(|(_, count)| Reverse(*count));
    let field = |(name, count)| json!({ "field": name, "count": count });
    Ok(Pretty(json!({
        "total_events": counts.records,
        "fields": fields.into_iter().take(most).map(field).collect::<Value>(),
    })))
}

pub(crate) async fn values(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Read>, ApiError>,
    Path(name): Path<String>,
    given: Given,
) -> Result<Pretty, ApiError> {
    reader(caller)?;
    let asked = Wanted::of(&given)?.asked()?;
    let most = given.number("facet_size", USUAL_VALUES, MAX_VALUES)?.max(1);
    let name = name.trim_end_matches('/').to_owned();
    let field = name.clone();
    let values = searched(&app, move |search, watch| {
        let question = asked.question(Order::NewestFirst, None).watched_by(watch.clone());
        let collections = asked.collections(search.store())?;
        search.field_values(&question, &collections, &field, most as u64)
    });
    let values = values.await?;
    let rows = values.top.map(|table| table.rows).unwrap_or_default();
    let term = |row: &Vec<bson::RawBson>| {
        let mut cells = row.iter().map(|cell| simple(cell.as_raw_bson_ref()));
        json!({ "term": cells.next(), "count": cells.next() })
    };
    Ok(Pretty(json!({
        "total_events": values.records,
        "unique_field_count": values.distinct,
        name: rows.iter().map(term).collect::<Value>(),
    })))
}

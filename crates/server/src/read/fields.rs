//! `GET /api/fields` and `/api/fields/NAME`: which fields the records have that match, and which values.

use super::asked::Asked;
use super::given::Given;
use super::records::damage_of;
use super::searching::searched;
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::error::ApiError;
use crate::http::Json;
use crate::limits::MAX_VALUES;
use axum::extract::{Path, State};
use serde_json::{Value, json};
use std::cmp::Reverse;
use std::sync::Arc;
use woodpile_present::json::simple;
use woodpile_query::Table;
use woodpile_store::Order;

/// So many values are listed where nobody says.
const USUAL_VALUES: u64 = 20;

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    _: Caller<Read>,
    mut given: Given,
) -> Result<Json<Value>, ApiError> {
    let asked = Asked::take(&mut given)?.without_pipes()?;
    let is_glance = given.flag("glance")?;
    given.end()?;
    if is_glance {
        return glance(&app, asked).await;
    }
    let counts = searched(&app, move |search, watch| {
        let question = asked.question(Order::NewestFirst, None).watched_by(watch.clone());
        search.field_counts(&question, &asked.collections(search.store())?)
    });
    let counts = counts.await?;
    let mut fields: Vec<(String, u64)> = counts.fields.into_iter().collect();
    fields.sort_by_key(|(_, records)| Reverse(*records));
    let field = |(name, records)| json!({ "name": name, "records": records });
    Ok(Json(json!({
        "records": counts.records,
        "fields": fields.into_iter().map(field).collect::<Value>(),
        "more": counts.has_more,
        "damage": damage_of(&counts.damage),
    })))
}

/// The names alone, of what is newest.
async fn glance(app: &App, asked: Asked) -> Result<Json<Value>, ApiError> {
    let names = searched(app, move |search, _| search.fields(&asked.collections(search.store())?));
    let names = names.await?.into_iter().map(|name| json!({ "name": name }));
    Ok(Json(json!({ "fields": names.collect::<Value>() })))
}

pub(crate) async fn values(
    State(app): State<Arc<App>>,
    _: Caller<Read>,
    Path(name): Path<String>,
    mut given: Given,
) -> Result<Json<Value>, ApiError> {
    let asked = Asked::take(&mut given)?.without_pipes()?;
    let most = given.number("limit", 1..=MAX_VALUES)?.unwrap_or(USUAL_VALUES);
    given.end()?;
    let field = name.clone();
    let values = searched(&app, move |search, watch| {
        let question = asked.question(Order::NewestFirst, None).watched_by(watch.clone());
        let collections = asked.collections(search.store())?;
        search.field_values(&question, &collections, &field, most)
    });
    let values = values.await?;
    Ok(Json(json!({
        "field": name,
        "records": values.records,
        "with_field": values.with_field,
        "distinct": values.distinct,
        "values": values.top.as_ref().map(listed),
        "damage": damage_of(&values.damage),
    })))
}

/// The rows of `top`: a value and its count.
fn listed(top: &Table) -> Value {
    let row = |row: &Vec<_>| {
        let mut cells = row.iter().map(|cell: &bson::RawBson| simple(cell.as_raw_bson_ref()));
        json!({ "value": cells.next(), "records": cells.next() })
    };
    top.rows.iter().map(row).collect()
}

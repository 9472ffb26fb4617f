//! `GET /apiv2/events/count`.

use super::asked::{Given, Wanted};
use super::pretty::Pretty;
use super::reader;
use super::stats::{aggregation, only_row};
use super::volume::volumes;
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::error::ApiError;
use crate::read::Asked;
use axum::extract::State;
use serde_json::{Value, json};
use std::sync::Arc;
use woodpile_query::Function;

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Read>, ApiError>,
    given: Given,
) -> Result<Pretty, ApiError> {
    reader(caller)?;
    let asked = Wanted::of(&given)?.asked()?;
    if given.get("include_volume") != Some("true") {
        return Ok(Pretty(json!({ "count": records(&app, asked).await? })));
    }
    let all = volumes(&app, asked, |_| String::new()).await?;
    let all = all.into_values().next().unwrap_or_default();
    Ok(Pretty(json!({ "count": all.count, "volume": all.bytes })))
}

/// How many records match.
pub(super) async fn records(app: &App, asked: Asked) -> Result<u64, ApiError> {
    let row = only_row(app, asked, vec![aggregation(Function::Count, None)]).await?;
    Ok(row.first().and_then(Value::as_u64).unwrap_or(0))
}

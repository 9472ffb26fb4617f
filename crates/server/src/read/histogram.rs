//! `GET /api/histogram`: how many records match in each stretch of time, by severity.

use super::asked::Asked;
use super::given::Given;
use super::records::damage_of;
use super::searching::searched;
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::error::ApiError;
use crate::http::Json;
use crate::limits::MAX_BUCKETS;
use axum::extract::State;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use woodpile_present::rfc3339;
use woodpile_search::{Bucket, SEVERITY_CLASSES};
use woodpile_store::Order;

/// So many buckets there are, about, where nobody says.
const USUAL_BUCKETS: u64 = 60;

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    _: Caller<Read>,
    mut given: Given,
) -> Result<Json<Value>, ApiError> {
    let asked = Asked::take(&mut given)?.without_pipes()?;
    let buckets = given.number("buckets", 1..=MAX_BUCKETS)?.unwrap_or(USUAL_BUCKETS);
    given.end()?;
    let zone = asked.zone.clone();
    let histogram = searched(&app, move |search, watch| {
        let question = asked.question(Order::NewestFirst, None).watched_by(watch.clone());
        let buckets = u32::try_from(buckets).unwrap_or(u32::MAX);
        let collections = asked.collections(search.store())?;
        search.histogram(&question, &collections, (buckets, &asked.zone))
    });
    let histogram = histogram.await?;
    let interval = histogram.interval;
    Ok(Json(json!({
        "interval": format!("{}{}", interval.count, interval.unit.name()),
        "buckets": histogram.buckets.iter().map(|bucket| shown(bucket, &zone)).collect::<Value>(),
        "damage": damage_of(&histogram.damage),
    })))
}

/// Classes without a record are left out.
fn shown(bucket: &Bucket, zone: &TimeZone) -> Value {
    let classes = SEVERITY_CLASSES.iter().zip(bucket.counts).filter(|(_, count)| *count > 0);
    let classes: Map<_, _> =
        classes.map(|(name, count)| ((*name).to_owned(), count.into())).collect();
    json!({
        "start": rfc3339(bucket.start, zone),
        "end": rfc3339(bucket.end, zone),
        "records": bucket.counts.iter().sum::<u64>(),
        "severities": classes,
    })
}

//! `GET /apiv2/search`, which gives an id, and `/apiv2/events`, which with it gives pages of events.

use super::asked::{Given, Wanted};
use super::event::event;
use super::pretty::Pretty;
use super::reader;
use super::rsids::Search;
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::clock;
use crate::error::ApiError;
use crate::limits::MAX_EVENTS;
use crate::read::{Asked, searched};
use axum::extract::State;
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;
use woodpile_store::Order;

/// Events a page, where nobody says.
const USUAL_SIZE: usize = 50;

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Read>, ApiError>,
    given: Given,
) -> Result<Pretty, ApiError> {
    reader(caller)?;
    given.need("q")?;
    let wanted = Wanted::of(&given)?;
    // What is wrong with the query is told here.
    wanted.asked()?;
    let size = given.number("size", USUAL_SIZE, MAX_EVENTS)?.max(1);
    let (since, until) = (wanted.since, wanted.until);
    let id = app.rsids.begin(clock::now().as_millisecond(), Search { wanted, size });
    Ok(Pretty(json!({ "rsid": {
        "status": "SCHEDULED",
        "date_from": since,
        "elapsed_time": 0.0,
        "date_to": until,
        "id": id,
    } })))
}

pub(crate) async fn events(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Read>, ApiError>,
    given: Given,
) -> Result<Pretty, ApiError> {
    reader(caller)?;
    let id = given.need("rsid")?;
    let Search { wanted, size } = app.rsids.find(id).ok_or_else(|| unknown(id))?;
    let page = given.number("page", 0, MAX_EVENTS)?;
    if given.get("format").is_some_and(|format| format != "json") {
        let hint = "GET /api/records with `Accept: text/csv` gives CSV";
        return Err(ApiError::bad_request("only format=json is served here", hint));
    }
    let asked = wanted.asked()?;
    let (order, counted) = (wanted.order(), asked.clone());
    let total = super::count::records(&app, counted).await?;
    let first = page.saturating_mul(size);
    // There is no paging beyond these.
    let events = match size.min(MAX_EVENTS.saturating_sub(first)) {
        0 => Value::Array(Vec::new()),
        count => found(&app, asked, (order, first, count)).await?,
    };
    Ok(Pretty(json!({ "total_events": total, "page": page, "events": events })))
}

async fn found(
    app: &App,
    asked: Asked,
    (order, first, count): (Order, usize, usize),
) -> Result<Value, ApiError> {
    let events = searched(app, move |search, watch| {
        let question = asked.question(order, Some(first + count)).watched_by(watch.clone());
        let collections = asked.collections(search.store())?;
        let mut found = search.find(&question, &collections);
        let mut events = Vec::new();
        let mut passed = 0;
        while events.len() < count
            && let Some(row) = found.advance()?
        {
            if passed < first {
                passed += 1;
            } else {
                events.push(event(row.document));
            }
        }
        Ok(events)
    });
    Ok(events.await?.into())
}

fn unknown(id: &str) -> ApiError {
    ApiError::new(
        StatusCode::GONE,
        format!("there is no search with the rsid {id:?} any more"),
        "begin another one: GET /apiv2/search?q=…",
    )
}

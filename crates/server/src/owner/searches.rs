//! `/api/searches`: queries that were given a name, for the page.

use crate::app::App;
use crate::auth::{Caller, Read};
use crate::error::{ApiError, RETRY_SOON};
use crate::http::{Json, Named};
use axum::extract::State;
use bson::{Bson, Document, doc};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use woodpile_store::{Store, StoreError};

/// The state that holds them.
const STATE: &str = "searches";
const SEARCHES: &str = "searches";
const NAME: &str = "name";
const QUERY: &str = "query";

/// The most that a store may have.
const MAX_SEARCHES: usize = 200;
/// The most bytes of a name.
const MAX_NAME: usize = 100;
/// The most bytes of a query.
const MAX_QUERY: usize = 1_000;
/// How often a change is tried while others change them, too.
const ATTEMPTS: usize = 10;

/// A query with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Saved {
    name: String,
    query: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct All {
    searches: Vec<Saved>,
}

pub(crate) async fn list(
    _: Caller<Read>,
    State(app): State<Arc<App>>,
) -> Result<Json<All>, ApiError> {
    let store = app.store()?;
    let searches = app.permits.call(move || read(&*store)).await??;
    Ok(Json(All { searches }))
}

/// Saves a query; one of the same name is replaced.
pub(crate) async fn save(
    _: Caller<Read>,
    State(app): State<Arc<App>>,
    Json(saved): Json<Saved>,
) -> Result<(StatusCode, Json<Saved>), ApiError> {
    saved.check()?;
    let kept = saved.clone();
    let store = app.store()?;
    let change = move |all: &mut Vec<Saved>| {
        all.retain(|other| other.name != kept.name);
        if all.len() >= MAX_SEARCHES {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                format!("there are {MAX_SEARCHES} saved searches, and there may be no more"),
                "DELETE /api/searches/NAME makes room",
            ));
        }
        all.push(kept.clone());
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(())
    };
    app.permits.call(move || change_all(&*store, change)).await??;
    Ok((StatusCode::CREATED, Json(saved)))
}

pub(crate) async fn remove(
    _: Caller<Read>,
    State(app): State<Arc<App>>,
    Named(name): Named,
) -> Result<StatusCode, ApiError> {
    let store = app.store()?;
    let change = move |all: &mut Vec<Saved>| {
        let before = all.len();
        all.retain(|other| other.name != name);
        if all.len() < before {
            return Ok(());
        }
        let error = format!("there is no saved search {name:?}");
        Err(ApiError::new(StatusCode::NOT_FOUND, error, "GET /api/searches lists them"))
    };
    app.permits.call(move || change_all(&*store, change)).await??;
    Ok(StatusCode::NO_CONTENT)
}

impl Saved {
    fn check(&self) -> Result<(), ApiError> {
        let refused =
            |error: String| Err(ApiError::bad_request(error, "expected {\"name\",\"query\"}"));
        if self.name.trim().is_empty() || self.name.len() > MAX_NAME {
            return refused(format!("a saved search has a name of 1 to {MAX_NAME} bytes"));
        }
        if self.query.len() > MAX_QUERY {
            return refused(format!("a saved query has at most {MAX_QUERY} bytes"));
        }
        woodpile_query::parse(&self.query).map(drop).or_else(|error| refused(error.to_string()))
    }

    fn of(document: &Document) -> Option<Self> {
        let text = |field: &str| document.get_str(field).ok().map(str::to_owned);
        Some(Self { name: text(NAME)?, query: text(QUERY)? })
    }
}

fn read(store: &dyn Store) -> Result<Vec<Saved>, StoreError> {
    Ok(store.state(STATE)?.map(|state| of(&state.document)).unwrap_or_default())
}

fn of(document: &Document) -> Vec<Saved> {
    let all = document.get_array(SEARCHES).into_iter().flatten();
    all.filter_map(Bson::as_document).filter_map(Saved::of).collect()
}

fn change_all(
    store: &dyn Store,
    change: impl Fn(&mut Vec<Saved>) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    for _ in 0..ATTEMPTS {
        let state = store.state(STATE)?;
        let mut all = state.as_ref().map(|state| of(&state.document)).unwrap_or_default();
        change(&mut all)?;
        let documents =
            all.iter().map(|Saved { name, query }| Bson::from(doc! { NAME: name, QUERY: query }));
        let document = doc! { SEARCHES: documents.collect::<Vec<_>>() };
        if store.set_state(STATE, state.map(|state| state.version), Some(&document))? {
            return Ok(());
        }
    }
    Err(ApiError::busy("others are changing the saved searches, too", "try again", RETRY_SOON))
}

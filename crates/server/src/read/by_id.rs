//! `GET /api/records/ID` and `/api/records/ID/context`: one record, and what came around it.

use super::given::Given;
use super::searching::searched;
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::error::ApiError;
use crate::limits::MAX_CONTEXT;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use std::sync::Arc;
use woodpile_query::FoundRecord;
use woodpile_record::{RawDocument, json};
use woodpile_search::{Search, SearchError, Watch};
use woodpile_store::Order;

/// So many records come before and after the one, where nobody says.
const USUAL_CONTEXT: u64 = 10;

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    _: Caller<Read>,
    Path(id): Path<String>,
    mut given: Given,
) -> Result<Response, ApiError> {
    let collection = given.take("collection")?;
    given.end()?;
    let wanted = id.clone();
    let found =
        searched(&app, move |search, watch| find(search, (collection.as_deref(), &wanted), watch));
    let found = found.await?.ok_or_else(|| absent(&id))?;
    let mut text = String::new();
    json::write_with(&found.document, &found.collection, &mut text);
    text.push('\n');
    Ok(answer(text))
}

pub(crate) async fn context(
    State(app): State<Arc<App>>,
    _: Caller<Read>,
    Path(id): Path<String>,
    mut given: Given,
) -> Result<Response, ApiError> {
    let collection = given.take("collection")?;
    let mut count = |name| -> Result<usize, ApiError> {
        let count = given.number(name, 0..=MAX_CONTEXT)?.unwrap_or(USUAL_CONTEXT);
        Ok(usize::try_from(count).unwrap_or(0))
    };
    let sides = (count("before")?, count("after")?);
    let form = if given.flag("lines")? { Form::Lines } else { Form::Object };
    given.end()?;
    let wanted = id.clone();
    let found = searched(&app, move |search, watch| {
        let found = find(search, (collection.as_deref(), &wanted), watch)?;
        found.map(|found| around(search, &found, (sides, form), watch)).transpose()
    });
    Ok(answer(found.await?.ok_or_else(|| absent(&id))?))
}

/// The record with this id: the first, where several have it.
fn find(
    search: &Search,
    (collection, id): (Option<&str>, &str),
    watch: &Watch,
) -> Result<Option<FoundRecord>, SearchError> {
    let names = match collection {
        Some(name) => vec![name.to_owned()],
        None => search.store().collections()?.into_iter().map(|stats| stats.name).collect(),
    };
    Ok(search.by_id(&names, id, watch)?.into_iter().next())
}

/// How a record and its neighbours are written.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// `{"before":[…],"record":{…},"after":[…]}`.
    Object,
    /// One record a line.
    Lines,
}

/// The record and its neighbours, oldest first.
fn around(
    search: &Search,
    found: &FoundRecord,
    ((before, after), form): ((usize, usize), Form),
    watch: &Watch,
) -> Result<String, SearchError> {
    let FoundRecord { collection, document } = found;
    let neighbours = |order, count| search.neighbours(collection, document, (order, count), watch);
    let before = neighbours(Order::NewestFirst, before)?;
    let before = joined(collection, before.iter().rev(), form);
    let after = neighbours(Order::OldestFirst, after)?;
    let after = joined(collection, after.iter(), form);
    let record = joined(collection, [&**document].into_iter(), form);
    Ok(match form {
        Form::Object => {
            format!("{{\"before\":[{before}],\"record\":{record},\"after\":[{after}]}}\n")
        }
        Form::Lines => before + &record + &after,
    })
}

fn joined<'r>(
    collection: &str,
    records: impl Iterator<Item = &'r RawDocument>,
    form: Form,
) -> String {
    let mut text = String::new();
    for (index, record) in records.enumerate() {
        if index > 0 && matches!(form, Form::Object) {
            text.push(',');
        }
        json::write_with(record, collection, &mut text);
        if matches!(form, Form::Lines) {
            text.push('\n');
        }
    }
    text
}

fn answer(text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

fn absent(id: &str) -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        format!("no record has the _id {id:?}"),
        "an _id is written as its hexadecimal digits, or as the text or number that it is",
    )
}

//! `POST /api/records`: records as JSON, a line each or in an array, or as they were exported.

use crate::app::App;
use crate::auth::{Caller, Ingest, Source};
use crate::clock;
use crate::error::ApiError;
use crate::http::{Json, Params, Payload};
use crate::ways::body::decoded;
use crate::ways::deliver::deliver;
use crate::ways::idempotency::{Birth, Key};
use crate::ways::refused;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use woodpile_decode::format::records::{Options, decode};
use woodpile_decode::{Batches, Rejected, Sheaf};
use woodpile_keep::Receipt;
use woodpile_line::{Context, Names};
use woodpile_record::{EventTime, IdSource};

const WAY: &str = "records";

/// The most records that are told why they were not taken; the others are counted.
const MAX_TOLD: usize = 100;

const EXPECTED: &str =
    "expected one JSON object a line, an array of objects, or lines of `woodpile export`";

/// What the request says of its records.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    collection: Option<String>,
    time: Option<String>,
    message: Option<String>,
}

/// What became of them.
#[derive(Debug, Default, Serialize)]
struct Answer {
    accepted: u64,
    rejected: Vec<Told>,
    /// Where more were not taken than are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_in_all: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
}

/// Why a record was not taken.
#[derive(Debug, Serialize)]
struct Told {
    /// From 1; null where only the store knows which it was.
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
    error: String,
}

pub(crate) async fn post(
    caller: Caller<Ingest>,
    State(app): State<Arc<App>>,
    Params(asked): Params<Asked>,
    headers: HeaderMap,
    payload: Payload,
) -> Result<Response, ApiError> {
    asked.check()?;
    let key = Key::of(&headers, &caller.name, &payload.bytes)?;
    let birth = match &key {
        Some(key) => Some(birth(&app, key.clone()).await?),
        None => None,
    };
    let source = caller.source();
    let read = decoded(&app, payload, move |app, body| {
        let birth = birth.as_ref().map(|birth| (birth.now, &birth.ids));
        let birth = birth.unwrap_or_else(|| (clock::event_time(), &app.ids));
        Read::of(body, &asked, &source, birth)
    });
    let Read { mut batches, refusals } = read.await?;
    app.gate.charge(&caller, batches.len());
    if key.is_some() || !batches.brought.is_empty() {
        // The same request may come again: either all of it is new then, or nothing.
        batches.brought.append(&mut batches.fresh);
    }
    let receipts = deliver(&app, batches).await.map_err(refused::answer)?;
    Ok(answer(&app, &receipts, refusals))
}

async fn birth(app: &App, key: Key) -> Result<Birth, ApiError> {
    let store = app.store()?;
    app.permits.call(move || key.birth(&*store, clock::event_time())).await?
}

/// What a body says.
#[derive(Debug)]
struct Read {
    batches: Batches,
    refusals: Refusals,
}

/// The records of a request that are not taken.
#[derive(Debug, Default)]
struct Refusals {
    count: u64,
    told: Vec<Told>,
}

impl Refusals {
    fn add(&mut self, count: u64, why: impl FnOnce() -> Told) {
        self.count += count;
        if self.told.len() < MAX_TOLD {
            self.told.push(why());
        }
    }
}

impl From<Rejected> for Told {
    fn from(rejected: Rejected) -> Self {
        let Rejected { line, column, reason } = rejected;
        Self { line: Some(line), column, error: reason }
    }
}

impl Told {
    fn somewhere(error: &impl ToString) -> Self {
        Self { line: None, column: None, error: error.to_string() }
    }
}

impl Read {
    fn of(body: &[u8], asked: &Asked, source: &Source, (now, ids): (EventTime, &IdSource)) -> Self {
        let mut sheaf = Sheaf::new(source.origin(asked.collection.as_deref()), now, ids);
        let mut refusals = Refusals::default();
        let context = Context { now, zone: &TimeZone::UTC };
        let whole = decode(body, &context, asked.options(), &mut |decoded| match decoded {
            Ok(decoded) => {
                if let Err(error) = sheaf.add(decoded) {
                    refusals.add(1, || Told::somewhere(&error));
                }
            }
            Err(rejected) => refusals.add(1, || rejected.into()),
        });
        if let Err(rejected) = whole {
            refusals.add(1, || rejected.into());
        }
        Self { batches: sheaf.into_batches(), refusals }
    }
}

impl Asked {
    /// A name that no collection may have would cost every record.
    fn check(&self) -> Result<(), ApiError> {
        let wrong = self.collection.as_deref().map(woodpile_decode::check_name);
        wrong.transpose().map(drop).map_err(|error| {
            ApiError::bad_request(
                error.to_string(),
                "without ?collection= records go to the log of their kind",
            )
        })
    }

    fn options(&self) -> Options<'_> {
        Options {
            names: Names { time: self.time.as_deref(), message: self.message.as_deref() },
            collection: self.collection.as_deref(),
        }
    }
}

fn answer(app: &App, receipts: &[Receipt], mut refusals: Refusals) -> Response {
    let accepted = receipts.iter().map(|receipt| receipt.kept + receipt.dropped).sum();
    for receipt in receipts.iter().filter(|receipt| receipt.rejected > 0) {
        let error = receipt.rejection.as_ref().map(ToString::to_string).unwrap_or_default();
        refusals.add(receipt.rejected, || Told::somewhere(&error));
    }
    let Refusals { count, told } = refusals;
    app.metrics.accepted.add([WAY.into()], accepted);
    app.metrics.rejected.add([WAY.into(), "not understood".into()], count);
    let is_lost = accepted == 0 && count > 0;
    let status = if is_lost { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let answer = Answer {
        accepted,
        error: told.first().filter(|_| is_lost).map(none_taken),
        hint: is_lost.then_some(EXPECTED),
        rejected_in_all: (count > told.len() as u64).then_some(count),
        rejected: told,
    };
    (status, Json(answer)).into_response()
}

fn none_taken(first: &Told) -> String {
    let Told { line, column, error } = first;
    match (line, column) {
        (Some(line), Some(column)) => {
            format!("no record was taken: line {line}, column {column}: {error}")
        }
        (Some(line), None) => format!("no record was taken: line {line}: {error}"),
        _ => format!("no record was taken: {error}"),
    }
}

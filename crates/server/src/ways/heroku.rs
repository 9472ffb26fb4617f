//! `POST /heroku`: the HTTPS drains of Heroku (<https://devcenter.heroku.com/articles/log-drains#https-drains>).
//!
//! Heroku waits five seconds for an answer. It drops what is answered 4xx (but for 429), and sends everything else again,
//! twice; so nothing that may pass is answered 4xx.

use crate::app::App;
use crate::auth::{Caller, Ingest, Source};
use crate::clock;
use crate::error::{ApiError, RETRY_SOON};
use crate::http::{Json, Params, Payload};
use crate::limits::INLINE_BODY_BYTES;
use crate::ways::deliver::deliver;
use crate::ways::{losses, refused};
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use woodpile_decode::format::logplex::{self, Summary};
use woodpile_decode::{Batches, Decoded, Origin, Rejected, Sheaf};
use woodpile_line::Context;

const WAY: &str = "heroku";

/// What a drain's URL may say. What it says otherwise is overlooked: Heroku would drop every frame for it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    collection: Option<String>,
    /// The app, which no frame names.
    app: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    /// How many records are kept now, those of a frame that came before included.
    accepted: u64,
}

/// What the headers say of a frame.
struct Frame {
    drain: Option<String>,
    id: Option<String>,
    expected: Option<u64>,
}

impl Frame {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            drain: text("logplex-drain-token").map(str::to_owned),
            id: text("logplex-frame-id").map(str::to_owned),
            expected: text("logplex-msg-count").and_then(|count| count.parse().ok()),
        }
    }

    /// Whose losses these are.
    fn drain_or(&self, source: &Source) -> String {
        self.drain.clone().unwrap_or_else(|| source.name.to_string())
    }
}

pub(crate) async fn post(
    State(app): State<Arc<App>>,
    caller: Caller<Ingest>,
    Params(asked): Params<Asked>,
    headers: HeaderMap,
    payload: Result<Payload, ApiError>,
) -> Result<Json<Answer>, ApiError> {
    let payload = payload.map_err(sent_again)?;
    let frame = Frame::of(&headers);
    let (drain, id) = (frame.drain_or(&caller), frame.id.clone());
    let source = caller.source();
    let (batches, summary) = decode(&app, source, asked, frame, payload).await?;
    app.gate.charge(&caller, batches.len());
    let receipts = deliver(&app, batches).await.map_err(refused::answer)?;
    let accepted = receipts.iter().map(|receipt| receipt.kept).sum();
    losses::count(&app, WAY, &drain, id.as_deref(), &summary.losses);
    app.metrics.accepted.add([WAY.into()], accepted);
    if summary.expected.is_some() {
        app.metrics.miscounted.add([drain.into()], 1);
    }
    Ok(Json(Answer { accepted }))
}

/// A body that came too slowly is sent again.
fn sent_again(error: ApiError) -> ApiError {
    if error.status == StatusCode::REQUEST_TIMEOUT {
        return ApiError::busy(error.error, error.hint, RETRY_SOON);
    }
    error
}

async fn decode(
    app: &Arc<App>,
    source: Arc<Source>,
    asked: Asked,
    frame: Frame,
    payload: Payload,
) -> Result<(Batches, Summary), ApiError> {
    if payload.bytes.len() <= INLINE_BODY_BYTES {
        return records(app, &source, &asked, &frame, &payload);
    }
    let shared = Arc::clone(app);
    app.permits.decode(move || records(&shared, &source, &asked, &frame, &payload)).await?
}

fn records(
    app: &App,
    source: &Source,
    asked: &Asked,
    frame: &Frame,
    payload: &Payload,
) -> Result<(Batches, Summary), ApiError> {
    let now = clock::event_time();
    let context = Context { now, zone: &TimeZone::UTC };
    let delivery = logplex::Delivery {
        drain: frame.drain.as_deref(),
        frame: frame.id.as_deref(),
        expected: frame.expected,
    };
    let origin = Origin { app: asked.app.as_deref(), ..source.origin(asked.collection.as_deref()) };
    let mut sheaf = Sheaf::new(origin, now, &app.ids);
    let mut misplaced = None;
    let mut each = |decoded: Result<Decoded<'_>, Rejected>| {
        if let Ok(decoded) = decoded
            && let Err(error) = sheaf.add(decoded)
        {
            misplaced = Some(error);
        }
    };
    let summary = logplex::decode(&payload.bytes, &delivery, &context, &mut each);
    let summary = summary.map_err(|rejected| {
        app.metrics.rejected.add([WAY.into(), "malformed".into()], 1);
        ApiError::bad_request(
            rejected.to_string(),
            "a drain is added with `heroku drains:add https://drain:TOKEN@HOST/heroku -a APP`",
        )
    })?;
    match misplaced {
        Some(error) => Err(ApiError::bad_request(
            error.to_string(),
            "the drain's URL names it: ?collection=NAME",
        )),
        None => Ok((sheaf.into_batches(), summary)),
    }
}

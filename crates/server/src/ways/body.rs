//! What the ways share whose requests have records as their body.

use crate::app::App;
use crate::auth::{Caller, Ingest};
use crate::clock;
use crate::error::ApiError;
use crate::http::Payload;
use crate::limits::INLINE_BODY_BYTES;
use crate::ways::deliver::deliver;
use crate::ways::refused;
use jiff::tz::TimeZone;
use std::sync::Arc;
use woodpile_decode::{Batches, Each, Origin, Rejected, Sheaf};
use woodpile_line::Context;

/// Reads a body: on a thread for such work where it is large.
pub(crate) async fn decoded<T: Send + 'static>(
    app: &Arc<App>,
    payload: Payload,
    decode: impl FnOnce(&App, &[u8]) -> T + Send + 'static,
) -> Result<T, ApiError> {
    if payload.bytes.len() <= INLINE_BODY_BYTES {
        return Ok(decode(app, &payload.bytes));
    }
    let shared = Arc::clone(app);
    app.permits.decode(move || decode(&shared, &payload.bytes)).await
}

/// The records that `decode` hands out. Those that are rejected are counted.
pub(crate) fn sheaf(
    app: &App,
    way: &'static str,
    origin: Origin<'_>,
    decode: impl FnOnce(&Context<'_>, &mut Each<'_>) -> Result<(), Rejected>,
) -> Result<Batches, ApiError> {
    let now = clock::event_time();
    let context = Context { now, zone: &TimeZone::UTC };
    let mut sheaf = Sheaf::new(origin, now, &app.ids);
    let mut misplaced = None;
    let mut rejected = 0;
    let read = decode(&context, &mut |decoded| match decoded {
        Ok(decoded) => misplaced = sheaf.add(decoded).err().or_else(|| misplaced.take()),
        Err(_) => rejected += 1,
    });
    if rejected > 0 {
        app.metrics.rejected.add([way.into(), "unreadable".into()], rejected);
    }
    read.map_err(|rejected| {
        app.metrics.rejected.add([way.into(), "malformed".into()], 1);
        ApiError::bad_request(
            rejected.to_string(),
            "nothing of it was kept: correct the body and send it again",
        )
    })?;
    match misplaced {
        Some(error) => {
            let hint = "nothing of it was kept: name another collection";
            Err(ApiError::bad_request(error.to_string(), hint))
        }
        None => Ok(sheaf.into_batches()),
    }
}

/// What became of a body's records.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// How many the store does not take as they are, and what it says of the first.
    pub(crate) rejected: u64,
    pub(crate) reason: Option<String>,
}

/// Keeps the records; returns once they are durable.
pub(crate) async fn kept(
    app: &Arc<App>,
    way: &'static str,
    caller: &Caller<Ingest>,
    batches: Batches,
) -> Result<Taken, ApiError> {
    app.gate.charge(caller, batches.len());
    let mut taken = Taken::default();
    for receipt in deliver(app, batches).await.map_err(refused::answer)? {
        app.metrics.accepted.add([way.into()], receipt.kept + receipt.dropped);
        taken.rejected += receipt.rejected;
        taken.reason = taken.reason.or(receipt.rejection.map(|error| error.to_string()));
    }
    if taken.rejected > 0 {
        app.metrics.rejected.add([way.into(), "store".into()], taken.rejected);
    }
    Ok(taken)
}

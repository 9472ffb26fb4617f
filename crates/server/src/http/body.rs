use crate::app::App;
use crate::error::{ApiError, RETRY_SOON};
use crate::http::inflate::Coding;
use crate::limits::{BODY_STEP_BYTES, MAX_BODY_BYTES};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::StatusCode;
use http_body::Body as _;
use http_body_util::BodyExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

/// A request's body, read to its end and unpacked. It holds its share of the room for bodies.
#[derive(Debug)]
pub(crate) struct Payload {
    pub(crate) bytes: Bytes,
    #[expect(dead_code, reason = "held until the body is dropped")]
    room: Room,
}

impl FromRequest<Arc<App>> for Payload {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, ApiError> {
        let coding = Coding::of(request.headers())?;
        let limit = app.timeouts.body;
        let payload = timeout(limit, read(app, request.into_body())).await;
        let mut payload = payload.unwrap_or_else(|_| Err(too_slow(limit)))?;
        if let Some(coding) = coding {
            let packed = payload.bytes;
            let unpacked = app.permits.decode(move || coding.inflate(&packed)).await??;
            payload.bytes = unpacked.into();
        }
        Ok(payload)
    }
}

async fn read(app: &App, mut body: Body) -> Result<Payload, ApiError> {
    let told = body.size_hint().exact().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    if told.is_some_and(|bytes| bytes > MAX_BODY_BYTES) {
        return Err(too_large());
    }
    let mut room = Room::default();
    let mut bytes = Vec::new();
    while let Some(part) = next(&mut body, app.timeouts.body_idle).await? {
        let length = bytes.len() + part.len();
        if length > MAX_BODY_BYTES {
            return Err(too_large());
        }
        room.reach(app, length, told).await?;
        bytes.extend_from_slice(&part);
    }
    Ok(Payload { bytes: bytes.into(), room })
}

/// A body's share of the room for all bodies. It grows with what came: who promises much and sends little holds
/// little.
#[derive(Debug, Default)]
struct Room {
    permit: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

impl Room {
    /// Makes it so large, and a little larger where more is to come.
    async fn reach(
        &mut self,
        app: &App,
        length: usize,
        told: Option<usize>,
    ) -> Result<(), ApiError> {
        if length <= self.bytes {
            return Ok(());
        }
        let ahead = (length + BODY_STEP_BYTES).min(told.unwrap_or(MAX_BODY_BYTES)).max(length);
        let more = app.permits.room(ahead - self.bytes).await.ok_or_else(no_room)?;
        self.bytes = ahead;
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        Ok(())
    }
}

/// The next part of the body; trailers are none.
async fn next(body: &mut Body, idle: Duration) -> Result<Option<Bytes>, ApiError> {
    loop {
        let frame = timeout(idle, body.frame()).await.map_err(|_| too_slow(idle))?;
        match frame {
            None => return Ok(None),
            Some(Err(error)) => return Err(broken(&error)),
            Some(Ok(frame)) => {
                if let Ok(part) = frame.into_data() {
                    return Ok(Some(part));
                }
            }
        }
    }
}

fn too_large() -> ApiError {
    ApiError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("the body has more than {MAX_BODY_BYTES} bytes"),
        "send the records in several requests, or compressed",
    )
}

fn too_slow(limit: Duration) -> ApiError {
    ApiError::new(
        StatusCode::REQUEST_TIMEOUT,
        format!("the body did not come within {limit:?}"),
        "nothing of it was kept: send it again",
    )
}

fn no_room() -> ApiError {
    ApiError::busy(
        "too many bodies are under way",
        "nothing of this one was kept: send it again a little later",
        RETRY_SOON,
    )
}

fn broken(error: &axum::Error) -> ApiError {
    ApiError::bad_request(
        format!("the body did not come to its end: {error}"),
        "nothing of it was kept: send it again",
    )
}

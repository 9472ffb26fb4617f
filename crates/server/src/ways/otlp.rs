//! `POST /v1/logs`: OpenTelemetry's logs over HTTP (<https://opentelemetry.io/docs/specs/otlp/#otlphttp>).

use crate::app::App;
use crate::auth::{Caller, Ingest};
use crate::error::ApiError;
use crate::http::Payload;
use crate::ways::body::{Taken, decoded, kept, sheaf};
use axum::body::Body;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use std::sync::Arc;
use woodpile_decode::format::otlp::{self, Encoding, Partial};

const WAY: &str = "otlp";
const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

/// What the endpoint's URL may say.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    collection: Option<String>,
}

pub(crate) async fn post(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Ingest>, ApiError>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    payload: Result<Payload, ApiError>,
) -> Response {
    let encoding = match encoding(&headers) {
        Ok(encoding) => encoding,
        Err(error) => return error.into_response(),
    };
    match take(&app, caller, asked, (encoding, payload)).await {
        Ok(taken) => success(taken, encoding),
        Err(error) => failure(error, encoding),
    }
}

/// How the body is written, and so the answer.
fn encoding(headers: &HeaderMap) -> Result<Encoding, ApiError> {
    let value = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let essence = value.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    match essence.to_ascii_lowercase().as_str() {
        PROTOBUF | "application/protobuf" => Ok(Encoding::Protobuf),
        JSON => Ok(Encoding::Json),
        _ => Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("the content type {essence:?} is none of OpenTelemetry's"),
            format!("expected {PROTOBUF} or {JSON}"),
        )),
    }
}

async fn take(
    app: &Arc<App>,
    caller: Result<Caller<Ingest>, ApiError>,
    asked: Asked,
    (encoding, payload): (Encoding, Result<Payload, ApiError>),
) -> Result<Taken, ApiError> {
    let caller = caller?;
    let source = caller.source();
    let batches = decoded(app, payload?, move |app, body| {
        let origin = source.origin(asked.collection.as_deref());
        sheaf(app, WAY, origin, |context, each| otlp::decode(body, encoding, context, each))
    });
    kept(app, WAY, &caller, batches.await??).await
}

fn success(taken: Taken, encoding: Encoding) -> Response {
    let Taken { rejected, reason } = taken;
    let partial = (rejected > 0).then(|| Partial { rejected, reason: reason.unwrap_or_default() });
    written(Partial::encode(partial, encoding), encoding)
}

/// As JSON an error is as everywhere; in protobuf it is a status.
fn failure(error: ApiError, encoding: Encoding) -> Response {
    if encoding == Encoding::Json {
        return error.into_response();
    }
    let body = otlp::status(&format!("{}: {}", error.error, error.hint));
    let (mut parts, _) = error.into_response().into_parts();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROTOBUF));
    Response::from_parts(parts, Body::from(body))
}

fn written(body: Vec<u8>, encoding: Encoding) -> Response {
    let content_type = match encoding {
        Encoding::Protobuf => PROTOBUF,
        Encoding::Json => JSON,
    };
    ([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))], body).into_response()
}

//! What shippers look at before they send: which server it is, its licence, and whether templates and policies are
//! there. They would set up what is not; here there is nothing to set up.

use super::{answer, is_client};
use crate::auth::{Caller, Ingest};
use crate::error::ApiError;
use crate::http::unknown_path;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, Uri};
use serde_json::{Value, json};

/// The release whose interface this is: shippers choose by it what they send.
const VERSION: &str = "8.19.0";

/// `GET /` from a client of Elasticsearch; who else asks wants a page.
pub(crate) async fn root(headers: HeaderMap, method: Method, uri: Uri) -> Response {
    if !is_client(&headers) && method != Method::HEAD {
        return unknown_path(uri).await.into_response();
    }
    answer(Ok(json!({
        "name": "woodpile",
        "cluster_name": "woodpile",
        "cluster_uuid": "woodpile",
        "version": {
            "number": VERSION,
            "build_flavor": "default",
            "build_type": "tar",
            "minimum_wire_compatibility_version": "7.17.0",
            "minimum_index_compatibility_version": "7.0.0",
        },
        "tagline": "You Know, for Search",
    })))
}

/// `GET /_license`.
pub(crate) async fn license(caller: Result<Caller<Ingest>, ApiError>) -> Response {
    answered(
        caller,
        json!({ "license": { "status": "active", "type": "basic", "mode": "basic", "uid": "woodpile" } }),
    )
}

/// `GET /_xpack`: index lifecycle management, with which shippers would name indices, is off.
pub(crate) async fn xpack(caller: Result<Caller<Ingest>, ApiError>) -> Response {
    answered(
        caller,
        json!({
            "license": { "status": "active", "type": "basic", "mode": "basic", "uid": "woodpile" },
            "features": { "ilm": { "available": false, "enabled": false } },
        }),
    )
}

/// `GET /_cluster/health`.
pub(crate) async fn health(caller: Result<Caller<Ingest>, ApiError>) -> Response {
    answered(caller, json!({ "cluster_name": "woodpile", "status": "green", "timed_out": false }))
}

/// `HEAD` or `GET` of a template, policy or pipeline: there is nothing to set up.
pub(crate) async fn exists(caller: Result<Caller<Ingest>, ApiError>) -> Response {
    answered(caller, json!({}))
}

/// `PUT` of such.
pub(crate) async fn acknowledge(caller: Result<Caller<Ingest>, ApiError>) -> Response {
    answered(caller, json!({ "acknowledged": true }))
}

fn answered(caller: Result<Caller<Ingest>, ApiError>, json: Value) -> Response {
    answer(caller.map(|_| json))
}

//! What shippers ask that send to Elasticsearch: `_bulk`, and what they look at before it
//! (<https://www.elastic.co/docs/api/doc/elasticsearch/>).

pub(crate) mod bulk;
mod probes;

use crate::error::ApiError;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, header};
pub(crate) use probes::{acknowledge, exists, health, license, root, xpack};
use serde_json::Value;

/// Without it Elastic's clients take a server for something else.
const PRODUCT: HeaderName = HeaderName::from_static("x-elastic-product");

/// An answer as Elasticsearch gives it.
fn answer(result: Result<Value, ApiError>) -> Response {
    let mut response = match result {
        Ok(json) => {
            let content_type = HeaderValue::from_static("application/json");
            ([(header::CONTENT_TYPE, content_type)], json.to_string()).into_response()
        }
        Err(error) => error.into_response(),
    };
    response.headers_mut().insert(PRODUCT, HeaderValue::from_static("Elasticsearch"));
    response
}

/// Whether a client of Elasticsearch asks, and not a person's browser.
fn is_client(headers: &HeaderMap) -> bool {
    const AGENTS: [&str; 9] = [
        "elastic",
        "filebeat",
        "metricbeat",
        "journalbeat",
        "libbeat",
        "vector",
        "fluent",
        "logstash",
        "rsyslog",
    ];
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let agent = text(header::USER_AGENT).unwrap_or_default().to_ascii_lowercase();
    headers.contains_key("x-elastic-client-meta")
        || text(header::ACCEPT).is_some_and(|accept| accept.contains("vnd.elasticsearch"))
        || AGENTS.iter().any(|name| agent.contains(name))
}

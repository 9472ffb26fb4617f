use crate::app::App;
use crate::auth::refuse_strangers;
use crate::error::ApiError;
use crate::http::count::count;
use crate::owner::{rules, searches, session, tokens, usage};
use crate::read::{by_id, fields, histogram, records, stats, tail};
use crate::ways::{elastic, heroku, loggly as from_loggly, otlp, records as from_json};
use crate::{health, loggly, metrics};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};
use http::{Method, StatusCode, Uri};
use std::sync::Arc;

/// Every path. Each line names the file that answers.
pub(crate) fn router(app: &Arc<App>) -> Router {
    Router::new()
        .route("/api/records", get(records::get).post(from_json::post))
        .route("/api/records/{id}", get(by_id::get))
        .route("/api/records/{id}/context", get(by_id::context))
        .route("/api/tail", get(tail::get))
        .route("/api/histogram", get(histogram::get))
        .route("/api/fields", get(fields::get))
        .route("/api/fields/{name}", get(fields::values))
        .route("/api/stats", get(stats::get))
        .route("/api/tokens", get(tokens::list).post(tokens::create))
        .route("/api/tokens/{name}", delete(tokens::revoke))
        .route("/api/rules", get(rules::list).post(rules::add))
        .route("/api/rules/{number}", delete(rules::remove))
        .route("/api/searches", get(searches::list).post(searches::save))
        .route("/api/searches/{name}", delete(searches::remove))
        .route("/api/usage", get(usage::get))
        .route("/api/session", get(session::get).post(session::begin).delete(session::end))
        .route("/heroku", post(heroku::post))
        .route("/health", get(health::get))
        .route("/metrics", get(metrics::get))
        .merge(loggly_paths())
        .merge(elastic_paths())
        .route("/v1/logs", post(otlp::post))
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_method)
        .layer(from_fn_with_state(Arc::clone(app), refuse_strangers))
        .layer(from_fn_with_state(Arc::clone(app), count))
        .with_state(Arc::clone(app))
}

/// What Loggly's clients send to and read from.
fn loggly_paths() -> Router<Arc<App>> {
    Router::new()
        .route("/inputs/{*path}", post(from_loggly::event))
        .route("/bulk/{*path}", post(from_loggly::bulk))
        .route("/apiv2/search", get(loggly::search))
        .route("/apiv2/events", get(loggly::events))
        .route("/apiv2/events/iterate", get(loggly::iterate))
        .route("/apiv2/events/count", get(loggly::count))
        .route("/apiv2/fields", get(loggly::fields))
        .route("/apiv2/fields/", get(loggly::fields))
        .route("/apiv2/fields/{*name}", get(loggly::values))
        .route("/apiv2/stats/{stat}/{field}", get(loggly::stats))
        .route("/apiv2/stats/{stat}/{field}/", get(loggly::stats))
        .route("/apiv2/volume-metrics", get(loggly::volume))
        .route("/apiv2/customer", get(loggly::customer))
}

/// What those use who ship to Elasticsearch.
fn elastic_paths() -> Router<Arc<App>> {
    let set_up = get(elastic::exists).put(elastic::acknowledge);
    Router::new()
        .route("/", get(elastic::root))
        .route("/_bulk", post(elastic::bulk::to_any).put(elastic::bulk::to_any))
        .route("/{index}/_bulk", post(elastic::bulk::to_index).put(elastic::bulk::to_index))
        .route("/_license", get(elastic::license))
        .route("/_xpack", get(elastic::xpack))
        .route("/_cluster/health", get(elastic::health))
        .route("/_index_template/{name}", set_up.clone())
        .route("/_component_template/{name}", set_up.clone())
        .route("/_template/{name}", set_up.clone())
        .route("/_data_stream/{name}", set_up.clone())
        .route("/_ilm/policy/{name}", set_up.clone())
        .route("/_ingest/pipeline/{name}", set_up)
}

pub(crate) async fn unknown_path(uri: Uri) -> ApiError {
    ApiError::new(
        StatusCode::NOT_FOUND,
        format!("there is nothing at {}", uri.path()),
        "records are sent to POST /api/records and read from GET /api/records",
    )
}

async fn unknown_method(method: Method, uri: Uri) -> ApiError {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("{} takes no {method}", uri.path()),
        "the Allow header names the methods that it takes",
    )
}

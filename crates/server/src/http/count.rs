//! Counts every request by its path, method and status.

use crate::app::App;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use std::borrow::Cow;
use std::sync::Arc;

/// The path as the router has it, so that neither ids nor tokens are counted apart.
pub(crate) async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let method = method(request.method());
    let response = next.run(request).await;
    let path = path.map_or(Cow::Borrowed("none"), |path| path.as_str().to_owned().into());
    let status = response.status().as_u16().to_string().into();
    app.metrics.requests.add([path, method.into(), status], 1);
    response
}

/// Clients make up methods: those are counted together.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

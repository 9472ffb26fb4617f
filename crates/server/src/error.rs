use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use std::borrow::Cow;
use std::time::Duration;
use woodpile_store::StoreError;

/// How soon to come again, where nothing better is known.
pub(crate) const RETRY_SOON: Duration = Duration::from_secs(1);
/// How soon to come again when a store is away or full.
pub(crate) const RETRY_STORE: Duration = Duration::from_secs(5);

/// An answer that is an error: `{"error","hint"}`. The error says what was wrong, the hint what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) error: Cow<'static, str>,
    pub(crate) hint: Cow<'static, str>,
    /// When the same request may work.
    pub(crate) retry_after: Option<Duration>,
}

#[derive(Serialize)]
struct Shown<'a> {
    error: &'a str,
    hint: &'a str,
}

impl ApiError {
    pub(crate) fn new(
        status: StatusCode,
        error: impl Into<Cow<'static, str>>,
        hint: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, error: error.into(), hint: hint.into(), retry_after: None }
    }

    /// 400: the client got something wrong.
    pub(crate) fn bad_request(
        error: impl Into<Cow<'static, str>>,
        hint: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, hint)
    }

    /// 503: the same request may work a little later.
    pub(crate) fn busy(
        error: impl Into<Cow<'static, str>>,
        hint: impl Into<Cow<'static, str>>,
        retry_after: Duration,
    ) -> Self {
        let busy = Self::new(StatusCode::SERVICE_UNAVAILABLE, error, hint);
        Self { retry_after: Some(retry_after), ..busy }
    }

    /// 500: nobody's fault but ours.
    pub(crate) fn internal(error: impl Into<Cow<'static, str>>) -> Self {
        let hint = "this is a fault of the server: its log may say more";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error, hint)
    }

    /// As JSON, for those who answer with more than one.
    pub(crate) fn json(&self) -> String {
        let shown = Shown { error: &self.error, hint: &self.hint };
        serde_json::to_string(&shown).unwrap_or_default()
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_temporary() {
            let hint = "the store does not take or give records right now: try again";
            return Self::busy(error.to_string(), hint, RETRY_STORE);
        }
        let hint = "the store's owner has to look at it: `woodpile check` may say more";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string(), hint)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.json() + "\n"));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer realm=\"woodpile\"");
            headers.insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

/// Rounded up, and at least 1: who comes again too soon is only told the same.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1)
}

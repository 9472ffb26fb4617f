//! `/api/session`: who is logged in on the page.

use crate::app::App;
use crate::auth::{
    Anyone, Caller, SESSION_COOKIE, SecretHash, Shown, find, refresh, sessions, shown,
};
use crate::clock;
use crate::error::ApiError;
use crate::http::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Whoever asks.
#[derive(Debug, Serialize)]
pub(crate) struct Who {
    name: String,
    scope: &'static str,
    /// Whether nobody has to log in.
    open: bool,
}

/// What is shown to log in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// `WOODPILE_PASSWORD`, or a token.
    password: String,
}

pub(crate) async fn get(caller: Caller<Anyone>, State(app): State<Arc<App>>) -> Json<Who> {
    Json(who(&app, &caller))
}

/// Begins a session: from now on the cookie does what the password does.
pub(crate) async fn begin(
    State(app): State<Arc<App>>,
    Json(Login { password }): Json<Login>,
) -> Result<Response, ApiError> {
    let source = find(&app, &Shown::Token(password.as_str().into())).await?;
    let answer = Json(who(&app, &source));
    if app.gate.is_open() {
        return Ok(answer.into_response());
    }
    let credential = SecretHash::of(&password);
    let store = app.store()?;
    let begun =
        app.permits.call(move || sessions::begin(&*store, credential, clock::now())).await?;
    let cookie = begun.map_err(|error| ApiError::internal(error.to_string()))?;
    refresh::refresh(&app).await?;
    let life = sessions::SESSION_LIFE.as_secs();
    Ok(with_cookie(&app, answer.into_response(), cookie.reveal(), life))
}

/// Ends the session, on every server.
pub(crate) async fn end(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, ApiError> {
    let (request, _) = request.into_parts();
    if let Shown::Session(cookie) = shown(&request) {
        let session = SecretHash::of(cookie);
        let store = app.store()?;
        app.permits.call(move || sessions::end(&*store, session)).await??;
        refresh::refresh(&app).await?;
    }
    Ok(with_cookie(&app, StatusCode::NO_CONTENT.into_response(), "", 0))
}

fn who(app: &App, source: &crate::auth::Source) -> Who {
    Who { name: source.name.to_string(), scope: source.scope.name(), open: app.gate.is_open() }
}

/// Scripts do not see the cookie, other sites do not send it, and over TLS it is never sent without.
fn with_cookie(app: &App, mut answer: Response, value: &str, life: i64) -> Response {
    let secure = if app.is_tls { "; Secure" } else { "" };
    let cookie = format!(
        "{SESSION_COOKIE}={value}; Path=/; Max-Age={life}; HttpOnly; SameSite=Strict{secure}"
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    answer
}

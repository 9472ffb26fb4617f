//! `POST /inputs/TOKEN[/tag/A,B]` and `/bulk/TOKEN[/tag/A,B]`: what Loggly's clients send
//! (<https://documentation.solarwinds.com/en/success_center/loggly/content/admin/http-endpoint.htm>). Only a status of
//! exactly 200 is a success to them, and 403 means for ever: one of them never sends again after it.

use crate::app::App;
use crate::auth::{Caller, Ingest, Source};
use crate::error::ApiError;
use crate::http::Payload;
use crate::limits::{MAX_TAG_BYTES, MAX_TAGS};
use crate::ways::body::{Taken, decoded, kept, sheaf};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use std::sync::Arc;
use woodpile_decode::format::loggly;
use woodpile_decode::{Batches, Each, Origin};
use woodpile_line::Context;

const WAY: &str = "loggly";
const TAG_HEADER: &str = "x-loggly-tag";
/// What clients wait for.
const OK: &str = "{\"response\" : \"ok\"}\n";

/// How a body is read.
type Read = fn(&[u8], &Context<'_>, &mut Each<'_>);

/// One event a request.
pub(crate) async fn event(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Ingest>, ApiError>,
    Path(path): Path<String>,
    headers: HeaderMap,
    payload: Result<Payload, ApiError>,
) -> Response {
    let kept = take(&app, caller, (&path, &headers), payload, loggly::event);
    answer(kept.await)
}

/// One event a line.
pub(crate) async fn bulk(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Ingest>, ApiError>,
    Path(path): Path<String>,
    headers: HeaderMap,
    payload: Result<Payload, ApiError>,
) -> Response {
    let kept = take(&app, caller, (&path, &headers), payload, loggly::bulk);
    answer(kept.await)
}

async fn take(
    app: &Arc<App>,
    caller: Result<Caller<Ingest>, ApiError>,
    (path, headers): (&str, &HeaderMap),
    payload: Result<Payload, ApiError>,
    read: Read,
) -> Result<(), ApiError> {
    let caller = caller.map_err(forbidden)?;
    let tags = tags(path, headers)?;
    let source = caller.source();
    let batches = decoded(app, payload?, move |app, body| {
        batches(app, &source, &tags, |context, each| read(body, context, each))
    });
    let batches = batches.await??;
    if batches.is_empty() {
        return Err(ApiError::bad_request("the body is empty", "send an event, as text or JSON"));
    }
    kept(app, WAY, &caller, batches).await.map(|_: Taken| ())
}

fn batches(
    app: &App,
    source: &Source,
    tags: &[String],
    decode: impl FnOnce(&Context<'_>, &mut Each<'_>),
) -> Result<Batches, ApiError> {
    let own = source.origin(None);
    let tags = [own.tags, tags].concat();
    let origin = Origin { tags: &tags, ..own };
    sheaf(app, WAY, origin, |context, each| {
        decode(context, each);
        Ok(())
    })
}

/// The tags of the path and of the header, which may be repeated.
fn tags(path: &str, headers: &HeaderMap) -> Result<Vec<String>, ApiError> {
    let mut tags = Vec::new();
    if let Some((_, list)) = path.split_once("/tag/") {
        tags.extend(loggly::tags(list.trim_end_matches('/')).map(str::to_owned));
    }
    for value in headers.get_all(TAG_HEADER) {
        let list = String::from_utf8_lossy(value.as_bytes());
        let before = tags.len();
        tags.extend(loggly::tags(&list).map(str::to_owned));
        if tags.len() == before {
            let hint = "leave the header out where there is no tag";
            return Err(ApiError::bad_request("the X-LOGGLY-TAG header is empty", hint));
        }
    }
    if tags.len() > MAX_TAGS || tags.iter().any(|tag| tag.len() > MAX_TAG_BYTES) {
        let hint = format!("send at most {MAX_TAGS} tags of at most {MAX_TAG_BYTES} bytes each");
        return Err(ApiError::bad_request("too many tags, or one too long", hint));
    }
    Ok(tags)
}

/// To an unknown token Loggly answers 403.
fn forbidden(error: ApiError) -> ApiError {
    if error.status == StatusCode::UNAUTHORIZED {
        ApiError { status: StatusCode::FORBIDDEN, ..error }
    } else {
        error
    }
}

/// Pages of any site may send their errors: the token is in the path, and nothing is read.
fn answer(kept: Result<(), ApiError>) -> Response {
    let mut response = match kept {
        Ok(()) => {
            let json = HeaderValue::from_static("application/json");
            ([(header::CONTENT_TYPE, json)], OK).into_response()
        }
        Err(error) => error.into_response(),
    };
    let any = HeaderValue::from_static("*");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, header: Option<&'static str>, expected: Result<&str, &str>) {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert(TAG_HEADER, HeaderValue::from_static(header));
        }
        let found = tags(path, &headers).map(|tags| tags.join("|"));
        let found = found.map_err(|error| error.error.into_owned());
        assert_eq!(found.as_deref().map_err(String::as_str), expected, "{path}");
    }

    #[test]
    fn tags_are_in_the_path_and_in_the_header() {
        check("TOKEN", None, Ok(""));
        check("TOKEN/tag/a1,b2/", None, Ok("a1|b2"));
        check("TOKEN/tag/bulk", Some("a, b"), Ok("bulk|a|b"));
        check("TOKEN", Some(""), Err("the X-LOGGLY-TAG header is empty"));
    }

    #[test]
    fn tags_are_bounded() {
        let many = format!("TOKEN/tag/{}", vec!["t"; MAX_TAGS + 1].join(","));
        check(&many, None, Err("too many tags, or one too long"));
        let long = format!("TOKEN/tag/{}", "t".repeat(MAX_TAG_BYTES + 1));
        check(&long, None, Err("too many tags, or one too long"));
    }
}

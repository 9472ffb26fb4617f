//! Without any secret only who is on this machine, and asks directly, is served: a page of a foreign site, or a proxy
//! that serves others, must not be taken for the owner.

use crate::app::App;
use crate::error::ApiError;
use crate::listen::Peer;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::uri::Authority;
use http::{HeaderMap, StatusCode, Uri, header};
use std::net::IpAddr;
use std::sync::Arc;

/// Open to all.
const HEALTH: &str = "/health";
/// What proxies add.
const FORWARDING: [&str; 6] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];
const REMEDY: &str = "set WOODPILE_PASSWORD or WOODPILE_TOKEN, or make a token with `woodpile token create NAME`, and \
                      send it as `Authorization: Bearer TOKEN`";

/// Refuses whoever is not served as long as there is no secret.
pub(crate) async fn refuse_strangers(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    if request.uri().path() != HEALTH && !app.gate.asks_for_secrets() {
        let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
        if let Err(error) = check(peer, request.uri(), request.headers()) {
            return error.into_response();
        }
    }
    next.run(request).await
}

fn check(peer: Option<IpAddr>, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
    let refused = |what: String| Err(ApiError::new(StatusCode::FORBIDDEN, what, REMEDY));
    if !peer.is_some_and(|peer| peer.is_loopback()) {
        return refused("no token is set, so only this machine is served".to_owned());
    }
    if let Some(name) = FORWARDING.iter().find(|name| headers.contains_key(**name)) {
        return refused(format!("no token is set, and the request came through a proxy ({name})"));
    }
    // HTTP/2 has the host in the request's target.
    let host = headers.get(header::HOST).map(|host| host.to_str().unwrap_or_default());
    let host = host.or(uri.host()).unwrap_or_default();
    if !is_local_authority(host) {
        return refused(format!("no token is set, and the host {host:?} is not this machine's"));
    }
    let origin = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
    if let Some(origin) = origin.filter(|origin| !is_local_origin(origin)) {
        return refused(format!(
            "no token is set, and the request comes from a page of {origin:?}"
        ));
    }
    Ok(())
}

fn is_local_origin(origin: &str) -> bool {
    let authority = origin.strip_prefix("http://").or(origin.strip_prefix("https://"));
    authority.is_some_and(is_local_authority)
}

fn is_local_authority(text: &str) -> bool {
    let Ok(authority) = text.parse::<Authority>() else { return false };
    let host = authority.host();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;
    use std::net::Ipv4Addr;

    #[track_caller]
    fn check_from(peer: IpAddr, headers: &[(&str, &str)], expected: Result<(), &str>) {
        let mut request = Request::get("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).unwrap();
        match (check(Some(peer), request.uri(), request.headers()), expected) {
            (Ok(()), Ok(())) => {}
            (Err(error), Err(expected)) => assert!(error.error.contains(expected), "{error:?}"),
            (found, _) => panic!("{headers:?}: {found:?}"),
        }
    }

    #[test]
    fn only_direct_requests_of_this_machine_pass() {
        let check = |headers: &[(&str, &str)], expected| {
            check_from(Ipv4Addr::LOCALHOST.into(), headers, expected);
        };
        for host in ["localhost", "localhost:8514", "127.0.0.1:8514", "[::1]:8514", "127.8.9.1"] {
            check(&[("host", host)], Ok(()));
        }
        let host = ("host", "localhost:8514");
        check(&[host, ("origin", "http://localhost:8514")], Ok(()));
        check(&[host, ("origin", "http://127.0.0.1:3000")], Ok(()));
        check(&[host, ("origin", "http://evil.example")], Err("from a page of"));
        check(&[host, ("origin", "null")], Err("from a page of"));
        check(&[host, ("x-forwarded-for", "203.0.113.9")], Err("through a proxy"));
        check(&[host, ("forwarded", "for=203.0.113.9")], Err("through a proxy"));
        check(&[("host", "rebound.example:8514")], Err("is not this machine's"));
        check(&[("host", "localhost.evil.example")], Err("is not this machine's"));
        check(&[("host", "127.0.0.1@evil.example")], Err("is not this machine's"));
        check(&[], Err("is not this machine's"));
        check_from(Ipv4Addr::new(192, 0, 2, 1).into(), &[host], Err("only this machine"));
    }
}

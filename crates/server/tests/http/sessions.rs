//! Logging in and out on the page.

use crate::harness::{Answer, Site};
use woodpile_server::auth::Secret;

fn closed() -> Site {
    Site::with(|settings| settings.password = Some(Secret::new("open sesame")))
}

/// The cookie of a new session, as a browser sends it back.
fn log_in(site: &Site) -> String {
    let answer = site.post("/api/session", r#"{"password":"open sesame"}"#).status(200);
    let cookie = answer.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=604800"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert_eq!(answer.json()["scope"], "admin");
    cookie.split(';').next().unwrap().to_owned()
}

fn with_cookie(site: &Site, method: &str, path: &str, cookie: &str) -> Answer {
    site.request(method, path, &[("cookie", cookie)], b"")
}

#[test]
fn a_session_lasts_until_it_is_ended() {
    let site = closed();
    let (cookie, other) = (log_in(&site), log_in(&site));
    with_cookie(&site, "GET", "/api/tokens", &cookie).status(200);
    let who = with_cookie(&site, "GET", "/api/session", &cookie).status(200).json();
    assert_eq!(who["name"], "WOODPILE_PASSWORD");
    assert_eq!(who["open"], false);

    let ended = with_cookie(&site, "DELETE", "/api/session", &cookie).status(204);
    assert!(ended.header("set-cookie").contains("Max-Age=0"));
    with_cookie(&site, "GET", "/api/session", &cookie).fails(401, "the session has ended");
    with_cookie(&site, "GET", "/api/session", &other).status(200);
}

#[test]
fn the_wrong_password_begins_nothing() {
    let site = closed();
    let refused = site.post("/api/session", r#"{"password":"sesame"}"#).fails(401, "not known");
    assert_eq!(refused.header("set-cookie"), "");
    site.get("/api/session").fails(401, "a token is needed");
}

#[test]
fn a_session_of_a_token_ends_with_the_token() {
    let site = closed().showing("open sesame");
    let made = site.post("/api/tokens", r#"{"name":"guest","scope":"read"}"#).status(201).json();
    let login = format!("{{\"password\":{}}}", made["token"]);
    let answer = site.request("POST", "/api/session", &[], login.as_bytes()).status(200);
    assert_eq!(answer.json()["scope"], "read");
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let site = site.showing_nothing();
    with_cookie(&site, "GET", "/api/usage", &cookie).status(200);
    let site = site.showing("open sesame");
    site.delete("/api/tokens/guest").status(204);
    let site = site.showing_nothing();
    with_cookie(&site, "GET", "/api/usage", &cookie).fails(401, "the session has ended");
}

#[test]
fn a_page_of_another_site_changes_nothing_with_the_cookie() {
    let site = closed();
    let cookie = log_in(&site);
    let foreign = [("cookie", &*cookie), ("sec-fetch-site", "cross-site")];
    site.request("DELETE", "/api/tokens/x", &foreign, b"").fails(403, "a page of another site");
    let own = [("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
    site.request("DELETE", "/api/tokens/x", &own, b"").fails(404, "there is no token");
}

#[test]
fn without_any_secret_nobody_logs_in() {
    let site = Site::new();
    let who = site.get("/api/session").status(200).json();
    assert_eq!((&who["open"], &who["scope"]), (&true.into(), &"admin".into()));
    let answer = site.post("/api/session", r#"{"password":"anything"}"#).status(200);
    assert_eq!(answer.header("set-cookie"), "");
}

//! Who may send and read.

use crate::harness::Site;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use woodpile_server::auth::{Scope, Secret, Token, tokens};

/// A server with a password, so that everybody is asked for a secret.
fn closed() -> Site {
    Site::with(|settings| settings.password = Some(Secret::new("open sesame")))
        .showing("open sesame")
}

/// Makes a token over HTTP; gives the secret.
fn make(site: &Site, body: &str) -> String {
    let answer = site.post("/api/tokens", body).status(201);
    answer.json()["token"].as_str().unwrap().to_owned()
}

fn bearer(secret: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {secret}"))
}

fn get(site: &Site, path: &str, secret: &str) -> u16 {
    let (name, value) = bearer(secret);
    site.request("GET", path, &[(name, &value)], b"").status
}

#[test]
fn a_token_does_what_its_scope_says_until_it_is_revoked() {
    let site = closed();
    let read = make(&site, r#"{"name":"reader","scope":"read"}"#);
    let ingest =
        make(&site, r#"{"name":"app","tags":["web"],"collection":"app-log","rate":"50/s"}"#);
    assert_eq!(get(&site, "/api/usage", &read), 200);
    assert_eq!(get(&site, "/api/tokens", &read), 403);
    assert_eq!(get(&site, "/api/usage", &ingest), 403);

    let listed = site.get("/api/tokens").status(200).json();
    assert_eq!(listed["tokens"][0]["name"], "app");
    assert_eq!(listed["tokens"][0]["scope"], "ingest");
    assert_eq!(listed["tokens"][0]["collection"], "app-log");
    assert_eq!(listed["tokens"][0]["rate"], "50/s");
    assert!(!listed.to_string().contains(&ingest) && !listed.to_string().contains("hash"));

    site.delete("/api/tokens/reader").status(204);
    assert_eq!(get(&site, "/api/usage", &read), 401);
    site.delete("/api/tokens/reader").fails(404, "there is no token \"reader\"");
}

#[test]
fn tokens_that_others_make_and_revoke_count_at_once_or_soon() {
    let site = closed();
    let token = Token::new("cli", Scope::Read);
    let secret = tokens::create(site.store(), &token, jiff::Timestamp::now()).unwrap();
    assert_eq!(get(&site, "/api/usage", secret.reveal()), 200);
    tokens::revoke(site.store(), "cli").unwrap();
    while get(&site, "/api/usage", secret.reveal()) != 401 {
        std::thread::yield_now();
    }
}

#[test]
fn a_token_may_come_as_the_password_of_basic_authentication() {
    let site = closed();
    for pair in ["anybody:open sesame", ":open sesame", "open sesame:"] {
        let value = format!("Basic {}", STANDARD.encode(pair));
        site.request("GET", "/api/usage", &[("authorization", &value)], b"").status(200);
    }
}

#[test]
fn who_shows_nothing_or_the_wrong_thing_is_told_what_to_do() {
    let site = Site::with(|settings| settings.token = Some(Secret::new("let-me-send")));
    let refused =
        site.get("/api/usage").fails(401, "a token is needed").says("Authorization: Bearer");
    assert_eq!(refused.header("www-authenticate"), "Bearer realm=\"woodpile\"");
    let show = |value: &str| site.request("GET", "/api/usage", &[("authorization", value)], b"");
    show("Bearer wrong").fails(401, "the token is not known");
    show("Digest x").fails(401, "header is not understood");
    show("Bearer let-me-send").fails(403, "has the scope ingest, and this needs read");
}

#[test]
fn as_soon_as_there_is_a_token_everybody_needs_one() {
    let site = Site::new();
    site.get("/api/usage").status(200);
    let secret = make(&site, r#"{"name":"me","scope":"admin"}"#);
    site.get("/api/usage").fails(401, "a token is needed");
    assert_eq!(get(&site, "/api/usage", &secret), 200);
    // With a token it does not matter where a request comes from.
    let (name, value) = bearer(&secret);
    let proxied =
        [(name, &*value), ("x-forwarded-for", "203.0.113.9"), ("host", "logs.example.com")];
    site.request("GET", "/api/usage", &proxied, b"").status(200);
}

#[test]
fn a_token_that_cannot_be_is_refused() {
    let site = Site::new();
    let refused = |body: &str, error: &str| site.post("/api/tokens", body).fails(400, error);
    refused(r#"{"name":"a b"}"#, "is no name for a token");
    refused(r#"{"name":"a","scope":"write"}"#, "expected ingest, read or admin");
    refused(r#"{"name":"a","rate":"fast"}"#, "is no rate");
    refused(r#"{"name":"a","collection":"a$b"}"#, "names no collection");
    refused(r#"{"nam":"a"}"#, "unknown field `nam`");
    refused("", "the body is not what /api/tokens takes");
}

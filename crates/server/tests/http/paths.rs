//! Paths and methods that there are, and those that there are not.

use crate::harness::Site;

#[test]
fn health_is_open_to_all() {
    let site = Site::new();
    let proxied = [("x-forwarded-for", "203.0.113.9"), ("host", "logs.example.com")];
    for headers in [&[][..], &proxied] {
        let answer = site.request("GET", "/health", headers, b"").status(200);
        assert_eq!(answer.json()["status"], "ok");
    }
}

#[test]
fn what_is_not_there_is_said_with_a_hint() {
    let site = Site::new();
    site.get("/nothing").fails(404, "there is nothing at /nothing");
    site.get("/").fails(404, "there is nothing at /");
    let answer = site.request("PATCH", "/health", &[], b"").fails(405, "/health takes no PATCH");
    assert_eq!(answer.header("allow"), "GET,HEAD");
}

#[test]
fn without_a_token_only_this_machine_is_served_and_only_directly() {
    let site = Site::new();
    site.request("GET", "/nothing", &[("x-forwarded-for", "203.0.113.9")], b"")
        .fails(403, "came through a proxy")
        .says("woodpile token create");
    site.request("GET", "/nothing", &[("host", "evil.example")], b"")
        .fails(403, "is not this machine's");
    site.request("GET", "/nothing", &[("origin", "https://evil.example")], b"")
        .fails(403, "from a page of");
}

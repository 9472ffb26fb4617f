//! Drains of Heroku.

use crate::harness::{Answer, Site};
use std::time::Duration;
use woodpile_server::auth::Secret;

const LINES: [&str; 4] = [
    "<190>1 2026-11-22T07:32:49.123456+00:00 host app web.1 - {\"level\":\"warn\",\"msg\":\"low stock\",\"item\":12}",
    "<158>1 2026-11-22T07:32:50.123456+00:00 host heroku router - at=info method=GET path=\"/cart\" host=x.herokuapp.com fwd=\"73.75.38.87\" dyno=web.1 connect=1ms service=22ms status=200 bytes=656",
    "<134>1 2026-11-22T07:32:51.123456+00:00 host heroku web.1 - source=web.1 dyno=heroku.1 sample#memory_total=21.00MB",
    "<172>1 2026-11-22T07:32:52+00:00 host heroku logplex - Error L10 (output buffer overflow): 500 messages dropped since 2026-11-22T07:32:40+00:00.",
];
const DRAIN: &str = "d.fc6b856b-3332-4546-93de-7d0ee272c3bd";

fn frame(lines: &[&str]) -> String {
    lines.iter().map(|line| format!("{} {line}\n", line.len() + 1)).collect::<Vec<_>>().concat()
}

/// Sends a frame as Logplex does.
fn send(site: &Site, lines: &[&str], id: &str) -> Answer {
    let headers = [
        ("content-type", "application/logplex-1"),
        ("logplex-msg-count", &lines.len().to_string()),
        ("logplex-frame-id", id),
        ("logplex-drain-token", DRAIN),
        ("user-agent", "Logplex/v72"),
    ];
    site.request("POST", "/heroku?app=shop", &headers, frame(lines).as_bytes())
}

#[test]
fn a_frame_becomes_typed_records() {
    let site = Site::new();
    send(&site, &LINES, "A").status(200).says("{\"accepted\":4}");
    let own = site.records("application-log");
    assert_eq!(
        (own[0]["message"].as_str(), own[0]["item"].as_i64()),
        (Some("low stock"), Some(12))
    );
    assert_eq!(
        (own[0]["app"].as_str(), own[0]["heroku"]["drain"].as_str()),
        (Some("shop"), Some(DRAIN))
    );
    assert_eq!(own[1]["sample#memory_total"].as_f64(), Some(21.0));
    let access = site.records("access-log");
    assert_eq!(access[0]["http"]["status"].as_i64(), Some(200));
    assert_eq!(access[0]["heroku"]["dyno"].as_str(), Some("web.1"));
}

#[test]
fn a_frame_that_comes_again_changes_nothing_even_after_a_restart() {
    let mut site = Site::new();
    send(&site, &LINES, "A").status(200);
    send(&site, &LINES, "A").status(200).says("{\"accepted\":4}");
    assert!(site.stop(Duration::from_secs(10)));
    site.start_again();
    send(&site, &LINES, "A").status(200);
    assert_eq!((site.messages("application-log").len(), site.messages("access-log").len()), (3, 1));
    send(&site, &LINES, "B").status(200);
    assert_eq!(site.messages("access-log").len(), 2);
}

#[test]
fn a_frame_without_an_id_is_always_new() {
    let site = Site::new();
    for _ in 0..2 {
        site.post("/heroku", frame(&LINES[..1])).status(200);
    }
    assert_eq!(site.messages("application-log").len(), 2);
}

#[test]
fn losses_are_shown_by_drain_and_counted_once() {
    let site = Site::new();
    for _ in 0..2 {
        send(&site, &LINES, "A").status(200);
    }
    let lost = &site.get("/api/usage").status(200).json()["lost_before"][0];
    assert_eq!((lost["drain"].as_str(), lost["messages"].as_i64()), (Some(DRAIN), Some(500)));
    assert_eq!(
        (lost["code"].as_str(), lost["since"].as_str()),
        (Some("L10"), Some("2026-11-22T07:32:40.000Z"))
    );
    let counted =
        format!("woodpile_records_lost_before_total{{way=\"heroku\",source=\"{DRAIN}\"}} 500");
    site.get("/metrics").status(200).says(&counted);
}

#[test]
fn a_count_that_differs_is_counted() {
    let site = Site::new();
    let headers = [("logplex-msg-count", "7"), ("logplex-drain-token", DRAIN)];
    site.request("POST", "/heroku", &headers, frame(&LINES).as_bytes()).status(200);
    site.get("/metrics")
        .says(&format!("woodpile_drain_frames_miscounted_total{{drain=\"{DRAIN}\"}} 1"));
}

#[test]
fn what_is_no_frame_is_refused() {
    let site = Site::new();
    site.post("/heroku", "{\"message\":\"a\"}").fails(400, "application/logplex-1");
    site.post("/heroku?collection=woodpile", frame(&LINES)).fails(400, "is not for records");
    assert!(site.messages("application-log").is_empty());
}

#[test]
fn the_tokens_source_says_where_its_frames_go() {
    let site = Site::with(|settings| settings.password = Some(Secret::new("secret")));
    let created = site.request(
        "POST",
        "/api/tokens",
        &[("authorization", "Bearer secret")],
        br#"{"name":"shop","collection":"shop","tags":["prod"]}"#,
    );
    let token = created.status(201).json()["token"].as_str().unwrap().to_owned();
    let site = site.showing(&token);
    send(&site, &LINES[..1], "A").status(200);
    assert_eq!(site.records("shop")[0]["tags"][0].as_str(), Some("prod"));
    send(&site.showing("wrong"), &LINES[..1], "B").fails(401, "the token is not known");
}

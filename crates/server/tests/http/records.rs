//! `POST /api/records`.

use crate::harness::Site;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use std::io::Write;
use std::thread;
use woodpile_server::auth::{Rate, Scope, Secret, Token, tokens};

const APPLICATION: &str = "application-log";

/// A server that asks for a token.
fn closed() -> Site {
    Site::with(|settings| settings.password = Some(Secret::new("open sesame")))
}

#[test]
fn what_is_acknowledged_is_in_the_store_with_its_types() {
    let site = Site::new();
    let body = concat!(
        r#"{"timestamp":"2026-11-23T09:00:00.250Z","level":"warn","message":"slow","ms":251}"#,
        "\n",
        r#"{"time":1763888400,"msg":"two","user":{"id":7}}"#,
        "\n"
    );
    let answer = site.post("/api/records", body).status(200).json();
    assert_eq!(answer, json!({"accepted": 2, "rejected": []}));
    let records = site.records(APPLICATION);
    let slow = records.iter().find(|record| record["message"] == "slow").unwrap();
    assert_eq!(slow["timestamp"], json!({"$date": "2026-11-23T09:00:00.250Z"}));
    assert_eq!((&slow["level"], &slow["ms"]), (&json!("warn"), &json!(251)));
    let two = records.iter().find(|record| record["message"] == "two").unwrap();
    assert_eq!(two["user"]["id"], 7);
    assert_eq!(two["timestamp"], json!({"$date": "2025-11-23T09:00:00.000Z"}));
}

#[test]
fn an_array_and_compressed_bodies_are_taken() {
    let site = Site::new();
    site.post("/api/records", r#"[{"message":"a"},{"message":"b"}]"#).status(200);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(b"{\"message\":\"c\"}").unwrap();
    let packed = [
        ("gzip", gzip.finish().unwrap()),
        ("zstd", zstd::encode_all(&b"{\"message\":\"d\"}"[..], 1).unwrap()),
    ];
    for (coding, body) in packed {
        site.request("POST", "/api/records", &[("content-encoding", coding)], &body).status(200);
    }
    let mut messages = site.messages(APPLICATION);
    messages.sort();
    assert_eq!(messages, ["a", "b", "c", "d"]);
}

#[test]
fn the_request_names_collection_and_fields() {
    let site = Site::new();
    let path = "/api/records?collection=shop&time=at&message=text";
    site.post(path, r#"{"at":"2026-01-02T03:04:05Z","text":"sold","time":"later"}"#).status(200);
    let records = site.records("shop");
    assert_eq!(records[0]["message"], "sold");
    assert_eq!(records[0]["timestamp"], json!({"$date": "2026-01-02T03:04:05.000Z"}));
    site.post("/api/records?colection=x", "{}").fails(400, "unknown field `colection`");
    site.post("/api/records?collection=a$b", "{}").fails(400, "names no collection");
}

#[test]
fn a_tokens_records_get_its_collection_and_tags() {
    let site = closed();
    let token = Token {
        collection: Some("web-log".to_owned()),
        tags: vec!["web".to_owned()],
        ..Token::new("web", Scope::Ingest)
    };
    let secret = tokens::create(site.store(), &token, jiff::Timestamp::now()).unwrap();
    let site = site.showing(secret.reveal());
    site.post("/api/records", r#"{"message":"hello","tags":["own"]}"#).status(200);
    assert_eq!(site.records("web-log")[0]["tags"], json!(["own", "web"]));
}

#[test]
fn the_good_records_of_a_body_are_kept_and_the_others_told() {
    let site = Site::new();
    let body = "{\"message\":\"one\"}\nno json\n{\"message\":\"three\"}\n{\"message\":";
    let answer = site.post("/api/records", body).status(200).json();
    assert_eq!(answer["accepted"], 2);
    assert_eq!(answer["rejected"][0]["line"], 2);
    assert_eq!(answer["rejected"][1]["line"], 4);
    assert!(answer["rejected"][1]["error"].as_str().unwrap().len() > 10);
    assert_eq!(site.messages(APPLICATION).len(), 2);
}

#[test]
fn where_nothing_can_be_taken_it_is_an_error() {
    let site = Site::new();
    site.post("/api/records", "hello").fails(400, "line 1, column 1: expected a JSON object");
    site.post("/api/records", r#"[{"message":"a"},"#).fails(400, "line 1");
    assert_eq!(site.post("/api/records", "").status(200).json()["accepted"], 0);
    let many = "no json\n".repeat(1_000);
    let answer = site.post("/api/records", many).status(400).json();
    assert_eq!(answer["rejected"].as_array().unwrap().len(), 100);
    assert_eq!(answer["rejected_in_all"], 1_000);
    assert_eq!(site.messages(APPLICATION), Vec::<String>::new());
}

#[test]
fn bodies_that_cannot_be_read_are_errors() {
    let site = Site::new();
    let coded =
        |coding: &str| site.request("POST", "/api/records", &[("content-encoding", coding)], b"{}");
    coded("gzip").fails(400, "the body is not gzip");
    coded("br").fails(415, "is not understood");
    let bomb = zstd::encode_all(&vec![b' '; 65 * 1024 * 1024][..], 1).unwrap();
    site.request("POST", "/api/records", &[("content-encoding", "zstd")], &bomb)
        .fails(413, "unpacks to more than");
    site.post("/api/records", vec![b' '; 33 * 1024 * 1024]).fails(413, "has more than");
}

#[test]
fn a_request_with_a_key_that_comes_again_changes_nothing() {
    let site = Site::new();
    let body = "{\"message\":\"one\"}\n{\"message\":\"two\"}\n".repeat(50);
    let send = |key: &str, body: &str| {
        site.request("POST", "/api/records", &[("idempotency-key", key)], body.as_bytes())
    };
    for _ in 0..3 {
        assert_eq!(send("k1", &body).status(200).json()["accepted"], 100);
    }
    assert_eq!(site.messages(APPLICATION).len(), 100);
    send("k1", "{\"message\":\"other\"}").fails(422, "came with another body before");
    send("k2", &body).status(200);
    assert_eq!(site.messages(APPLICATION).len(), 200);
    send(&"k".repeat(256), &body).fails(400, "has 1 to 255 bytes");
}

#[test]
fn the_same_request_at_the_same_time_is_kept_once() {
    let site = Site::new();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let key = [("idempotency-key", "same")];
                site.request("POST", "/api/records", &key, b"{\"message\":\"once\"}").status(200);
            });
        }
    });
    assert_eq!(site.messages(APPLICATION), ["once"]);
}

#[test]
fn whoever_brings_more_than_its_rate_is_told_to_wait() {
    let site = closed();
    let token = Token { rate: Rate::new(10), ..Token::new("noisy", Scope::Ingest) };
    let secret = tokens::create(site.store(), &token, jiff::Timestamp::now()).unwrap();
    let site = site.showing(secret.reveal());
    site.post("/api/records", "{\"message\":\"x\"}\n".repeat(1_000)).status(200);
    let refused = site.post("/api/records", "{}").fails(429, "may bring 10/s");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((90..=100).contains(&wait), "{wait}");
}

#[test]
fn rules_count_for_what_is_sent() {
    let site = Site::new();
    site.post("/api/rules", r#"{"rule":"drop level:debug"}"#).status(201);
    site.post("/api/rules", r#"{"rule":"mask password"}"#).status(201);
    let body =
        "{\"level\":\"debug\",\"message\":\"noise\"}\n{\"message\":\"in\",\"password\":\"x\"}";
    // The rules of others are looked at every second or so.
    loop {
        assert_eq!(site.post("/api/records", body).status(200).json()["accepted"], 2);
        let kept = site.records(APPLICATION);
        let last = kept.iter().rfind(|record| record["message"] == "in");
        if last.unwrap()["password"] == "[masked]" {
            break;
        }
        thread::yield_now();
    }
    let metrics = site.get("/metrics").status(200);
    assert!(!metrics.body.contains("reason=\"a rule of the store names it\"} 0\n"), "{metrics:#?}");
}

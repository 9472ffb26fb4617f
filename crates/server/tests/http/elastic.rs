//! What shippers ask of Elasticsearch.

use crate::harness::Site;
use serde_json::{Value, json};
use woodpile_server::auth::{Scope, Secret, Token, tokens};

const BULK: &str = concat!(
    r#"{"create":{"_index":"logs-2026.11.22"}}"#,
    "\n",
    r#"{"@timestamp":"2026-11-22T07:32:49.123Z","message":"one","log":{"level":"warn"}}"#,
    "\n",
    r#"{"index":{"_index":"logs","_id":"7"}}"#,
    "\n",
    r#"{"@timestamp":"2026-11-22T07:32:50Z","message":"two"}"#,
    "\n",
    r#"{"delete":{"_index":"logs","_id":"7"}}"#,
    "\n",
    r#"{"create":{"_index":"logs"}}"#,
    "\n",
    r#"{"message":"#,
    "\n"
);

#[test]
fn each_action_has_an_answer_of_its_own() {
    let site = Site::new();
    let answer = site.post("/_bulk", BULK).status(200);
    assert_eq!(answer.header("x-elastic-product"), "Elasticsearch");
    let answer = answer.json();
    assert_eq!(answer["errors"], true);
    let items = answer["items"].as_array().unwrap();
    let status =
        |item: &Value| item.as_object().unwrap().values().next().unwrap()["status"].clone();
    assert_eq!(items.iter().map(status).collect::<Vec<_>>(), [201, 201, 404, 400]);
    assert_eq!(items[1]["index"]["_id"], "7");
    let error = &items[3]["create"]["error"];
    assert_eq!(error["type"], "document_parsing_exception");
    assert!(error["reason"].as_str().unwrap().starts_with("line 7, column 11: "), "{error}");
    let mut messages = site.messages("logs");
    messages.sort();
    assert_eq!(messages, ["one", "two"]);
    assert_eq!(
        site.records("logs").iter().find(|it| it["message"] == "one").unwrap()["level"],
        "warn"
    );
}

#[test]
fn a_document_with_an_id_is_there_once_however_often_it_is_sent() {
    let site = Site::new();
    let body = "{\"index\":{\"_id\":\"7\"}}\n{\"@timestamp\":\"2026-11-22T07:32:50Z\",\"message\":\"two\"}\n";
    for _ in 0..3 {
        site.post("/shop/_bulk", body).status(200);
    }
    assert_eq!(site.messages("shop"), ["two"]);
}

#[test]
fn a_source_with_a_collection_keeps_its_records_there() {
    let site = Site::with(|settings| settings.password = Some(Secret::new("secret")));
    let token =
        Token { collection: Some("orders".to_owned()), ..Token::new("shipper", Scope::Ingest) };
    let secret = tokens::create(site.store(), &token, jiff::Timestamp::now()).unwrap();
    let site = site.showing(secret.reveal());
    site.post("/anything/_bulk", "{\"create\":{}}\n{\"message\":\"sold\"}\n").status(200);
    assert_eq!(site.messages("orders"), ["sold"]);
}

#[test]
fn what_is_no_bulk_request_is_refused_whole() {
    let site = Site::new();
    let body = "{\"create\":{\"_index\":\"a\"}}\n{\"message\":\"one\"}\n{\"upsert\":{}}\n";
    site.post("/_bulk", body).fails(400, "line 3, column 9: expected an action");
    assert_eq!(site.messages("a"), Vec::<String>::new());
}

#[test]
fn shippers_go_on_after_what_they_look_at_first() {
    let site = Site::new();
    let beat = [("user-agent", "Elastic-filebeat/8.15.0 (linux; amd64)")];
    let root = site.request("GET", "/", &beat, b"").status(200);
    assert_eq!(root.header("x-elastic-product"), "Elasticsearch");
    assert!(root.json()["version"]["number"].as_str().unwrap().starts_with("8."));
    assert_eq!(site.get("/_license").status(200).json()["license"]["status"], "active");
    assert_eq!(site.get("/_cluster/health").status(200).json()["status"], "green");
    site.request("HEAD", "/", &[], b"").status(200);
    site.request("HEAD", "/_index_template/filebeat-8.15.0", &beat, b"").status(200);
    let put = site.request("PUT", "/_ilm/policy/filebeat", &beat, b"{}").status(200);
    assert_eq!(put.json(), json!({"acknowledged": true}));
    // A person gets what a person would.
    site.get("/").fails(404, "there is nothing at /");
}

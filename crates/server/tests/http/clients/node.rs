//! Loggly's clients for Node.

use super::programs::{node_modules, source};
use super::site::Secure;
use serde_json::{Value, json};
use std::process::Command;

const APPLICATION: &str = "application-log";

/// Runs `tests/clients/NAME.js` against a server; `None` where Node's packages cannot be had.
#[track_caller]
fn served(name: &str) -> Option<Secure> {
    let modules = node_modules()?;
    let site = Secure::new();
    let mut node = Command::new("node");
    site.serve(node.arg(source().join(name)).env("NODE_PATH", modules));
    Some(site)
}

fn tags(record: &Value) -> Value {
    record["tags"].clone()
}

#[test]
fn a_hundred_events_of_node_loggly_bulk_come_in_one_request() {
    let Some(site) = served("node-loggly-bulk-3.js") else { return };
    assert_eq!(site.count(APPLICATION), 100);
    let record = site.once(APPLICATION, "event 7");
    assert_eq!((&record["n"], tags(&record)), (&json!(7), json!(["a1", "b2"])));
}

#[test]
fn single_events_of_node_loggly_bulk_are_found() {
    let Some(site) = served("node-loggly-bulk-4.js") else { return };
    let record = site.once(APPLICATION, "an object");
    assert_eq!((&record["n"], tags(&record)), (&json!(7), json!(["a1", "b2"])));
    assert_eq!(record["nested"], json!({"ok": true}));
    site.once(APPLICATION, "a text");
    assert_eq!(site.count(APPLICATION), 2);
}

#[test]
fn what_winston_logs_is_found() {
    let Some(site) = served("winston-loggly-bulk.js") else { return };
    let record = site.once(APPLICATION, "cart saved");
    assert_eq!((&record["level"], &record["total"]), (&json!("info"), &json!(12.5)));
    assert_eq!(tags(&record), json!(["winston"]));
    assert!(record["timestamp"]["$date"].is_string(), "{record:#}");
    assert_eq!(site.count(APPLICATION), 1);
}

/// The program itself fails unless its search finds what it sent.
#[test]
fn a_search_of_the_loggly_package_finds_what_it_sent() {
    let Some(site) = served("loggly-search.js") else { return };
    assert_eq!(site.count(APPLICATION), 2);
}

//! Clients for Python.

use super::programs::{python, source};
use super::site::Secure;
use serde_json::json;
use std::process::Command;

/// Runs `tests/clients/NAME.py` against a server; `None` where Python's packages cannot be had.
#[track_caller]
fn served(name: &str) -> Option<Secure> {
    let python = python()?;
    let site = Secure::new();
    site.serve(Command::new(python).args(["-W", "ignore"]).arg(source().join(name)));
    Some(site)
}

#[test]
fn what_logglys_handler_sends_is_found() {
    let Some(site) = served("loggly_handler.py") else { return };
    let record = site.once("application-log", "payment refused");
    assert_eq!((&record["level"], &record["loggerName"]), (&json!("ERROR"), &json!("shop.cart")));
    assert_eq!(record["tags"], json!(["python"]));
    assert_eq!(site.count("application-log"), 1);
}

#[test]
fn what_an_opentelemetry_sdk_sends_is_found() {
    let Some(site) = served("opentelemetry_logs.py") else { return };
    let saved = site.once("application-log", "cart saved");
    assert_eq!((&saved["app"], &saved["hostname"]), (&json!("shop"), &json!("web-1")));
    assert_eq!((&saved["user"], &saved["total"]), (&json!(7), &json!(12.5)));
    assert_eq!((&saved["level"], &saved["loggerName"]), (&json!("INFO"), &json!("shop.cart")));
    let refused = site.once("application-log", "payment refused");
    assert_eq!(refused["exception"]["type"], "ValueError");
    assert!(refused["exception"]["stackTrace"].as_str().unwrap().contains("card 7"), "{refused:#}");
    assert_eq!(refused["traceId"].as_str().map(str::len), Some(32));
    assert_eq!(refused["spanId"].as_str().map(str::len), Some(16));
    assert_eq!(site.count("application-log"), 2);
}

#[test]
fn what_elasticsearchs_bulk_helper_sends_is_found() {
    let Some(site) = served("elasticsearch_bulk.py") else { return };
    assert_eq!(site.count("shop"), 500);
    let record = site.once("shop", "order 7");
    assert_eq!((&record["n"], &record["level"]), (&json!(7), &json!("warn")));
    assert_eq!(record["timestamp"], json!({"$date": "2026-11-22T07:32:49.007Z"}));
}

//! `POST /v1/logs`.

use crate::harness::Site;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use std::io::Write;

const JSON: (&str, &str) = ("content-type", "application/json");
const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");
const PATH: &str = "/v1/logs";

fn logs() -> String {
    json!({"resourceLogs": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
        "scopeLogs": [{"logRecords": [{
            "timeUnixNano": "1795332769123456789",
            "severityNumber": 13,
            "body": {"stringValue": "slow"},
            "attributes": [{"key": "ms", "value": {"intValue": "251"}}],
        }]}],
    }]})
    .to_string()
}

#[test]
fn log_records_are_kept_with_their_types() {
    let site = Site::new();
    let answer = site.request("POST", PATH, &[JSON], logs().as_bytes()).status(200);
    assert_eq!((answer.body.as_str(), answer.header("content-type")), ("{}", "application/json"));
    let record = &site.records("application-log")[0];
    assert_eq!(record["timestamp"], json!({"$date": "2026-11-22T07:32:49.123Z"}));
    assert_eq!(
        (&record["level"], &record["app"], &record["ms"]),
        (&json!("WARNING"), &json!("shop"), &json!(251))
    );
}

#[test]
fn requests_may_be_compressed_and_name_a_collection() {
    let site = Site::new();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(logs().as_bytes()).unwrap();
    let headers = [JSON, ("content-encoding", "gzip")];
    let packed = gzip.finish().unwrap();
    site.request("POST", "/v1/logs?collection=shop", &headers, &packed).status(200);
    assert_eq!(site.messages("shop"), ["slow"]);
}

#[test]
fn errors_come_in_the_clients_encoding() {
    let site = Site::new();
    site.request("POST", PATH, &[JSON], b"{\"resourceLogs\":5}").fails(400, "line 1, column 17");
    let answer = site.request("POST", PATH, &[PROTOBUF], b"\x0a\xff").status(400);
    assert_eq!(answer.header("content-type"), "application/x-protobuf");
    // The message of a google.rpc.Status is its second field.
    assert_eq!(answer.body.as_bytes()[0], 0x12);
    answer.says("expected an ExportLogsServiceRequest");
    let text = ("content-type", "text/plain");
    site.request("POST", PATH, &[text], b"")
        .fails(415, "\"text/plain\" is none of OpenTelemetry's");
}

//! curl, as people type it.

use super::site::{Secure, TOKEN};
use serde_json::json;
use std::process::Command;

#[test]
fn what_is_typed_with_curl_is_found() {
    let site = Secure::new();
    let url = format!("https://{}", site.host());
    let curl = |path: &str, arguments: &[&str]| {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--fail-with-body", "--cacert"]).arg(&site.certificate);
        site.serve(curl.args(arguments).arg(format!("{url}{path}")));
    };
    curl(&format!("/inputs/{TOKEN}/tag/curl"), &["-d", "a text & more"]);
    let bulk = "{\"create\":{\"_index\":\"shop\"}}\n{\"message\":\"shipped\",\"n\":7}\n";
    curl("/_bulk", &["-u", &format!("elastic:{TOKEN}"), "--data-binary", bulk]);
    let bearer = format!("Authorization: Bearer {TOKEN}");
    let logs =
        r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"typed"}}]}]}]}"#;
    curl("/v1/logs", &["-H", &bearer, "-H", "Content-Type: application/json", "-d", logs]);
    let text = site.once("application-log", "a text & more");
    assert_eq!(text["tags"], json!(["curl"]));
    assert_eq!(site.once("shop", "shipped")["n"], 7);
    site.once("application-log", "typed");
}

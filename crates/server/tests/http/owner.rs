//! What the owner sets.

use crate::harness::Site;

#[test]
fn rules_are_added_listed_and_removed() {
    let site = Site::new();
    let added = site.post("/api/rules", r#"{"rule":"drop  level:debug"}"#).status(201).json();
    assert_eq!(added["number"], 1);
    assert_eq!(added["rule"], "drop level:debug");
    let listed = site.get("/api/rules").status(200).json();
    assert_eq!(listed["rules"].as_array().unwrap().len(), 1);
    assert_eq!(site.delete("/api/rules/1").status(200).json()["rule"], "drop level:debug");
    site.delete("/api/rules/1").fails(404, "there is no rule 1");
    site.delete("/api/rules/one").fails(400, "\"one\" is no number");
    site.post("/api/rules", r#"{"rule":"eat everything"}"#).fails(400, "is no rule");
    site.post("/api/rules", r#"{"rule":"drop level:"}"#).fails(400, "column");
}

#[test]
fn searches_are_saved_replaced_and_removed() {
    let site = Site::new();
    site.post("/api/searches", r#"{"name":"slow","query":"http.durationMs:>250"}"#).status(201);
    site.post("/api/searches", r#"{"name":"bad gateways","query":"status:502"}"#).status(201);
    site.post("/api/searches", r#"{"name":"slow","query":"http.durationMs:>500"}"#).status(201);
    let listed = site.get("/api/searches").status(200).json();
    let expected = serde_json::json!([
        {"name": "bad gateways", "query": "status:502"},
        {"name": "slow", "query": "http.durationMs:>500"},
    ]);
    assert_eq!(listed["searches"], expected);
    site.delete("/api/searches/bad%20gateways").status(204);
    site.delete("/api/searches/bad%20gateways").fails(404, "no saved search \"bad gateways\"");
    site.post("/api/searches", r#"{"name":"","query":""}"#).fails(400, "a name of 1 to");
    site.post("/api/searches", r#"{"name":"x","query":"a AND"}"#).fails(400, "column");
    site.delete("/api/searches/%ff").fails(400, "UTF-8");
}

#[test]
fn usage_says_what_room_is_taken() {
    let site = Site::new();
    let usage = site.get("/api/usage").status(200).json();
    assert!(usage["store"].as_str().unwrap().ends_with("woodpile.db"));
    assert_eq!(usage["quota_bytes"], serde_json::Value::Null);
    assert_eq!(usage["collections"], serde_json::json!([]));
}

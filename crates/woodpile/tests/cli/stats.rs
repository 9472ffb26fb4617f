use crate::harness::Home;
use serde_json::Value;

#[test]
fn json_has_the_documented_shape() {
    let home = Home::with(&["access.log", "app.log"]);
    let stats = home.run(["stats", "--json"]).succeeds().json_lines().remove(0);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&stats), ["store", "logical_bytes", "quota_bytes", "full_at", "collections"]);
    let access = &stats["collections"][0];
    assert_eq!(
        keys(access),
        [
            "name",
            "records",
            "hot_records",
            "packed_records",
            "logical_bytes",
            "bytes_per_record",
            "message_bytes",
            "first",
            "last"
        ]
    );
    assert_eq!(access["name"], "access-log");
    assert_eq!(access["records"], 4);
    assert_eq!(access["hot_records"], 4);
    assert_eq!(access["first"], "2026-11-22T07:30:01.000Z");
    assert_eq!(access["last"], "2026-11-22T07:31:00.000Z");
    assert!(access["bytes_per_record"].as_f64().unwrap() > 0.0);
    assert_eq!(stats["quota_bytes"], Value::Null);
    assert_eq!(stats["collections"][1]["records"], 4);
}

#[test]
fn a_table_is_for_people() {
    let home = Home::with(&["access.log", "app.log"]);
    let printed = home.run(["stats"]).succeeds().stdout;
    let rows: Vec<Vec<_>> = printed.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["collection", "records", "hot", "bytes", "a", "record", "first", "last"]);
    assert_eq!(rows[1][..3], ["access-log", "4", "4"]);
    assert_eq!(rows[2][..2], ["application-log", "4"]);
    assert_eq!(rows[3][..3], ["in", "all", "8"]);
}

#[test]
fn a_collection_can_be_named_and_nothing_else() {
    let home = Home::with(&["access.log", "app.log"]);
    let stats = home.run(["stats", "--json", "collection:access-log"]).succeeds();
    assert_eq!(stats.json_lines()[0]["collections"].as_array().unwrap().len(), 1);
    home.run(["stats", "cart"]).code(2).says("stats understands no query but collection:NAME");
}

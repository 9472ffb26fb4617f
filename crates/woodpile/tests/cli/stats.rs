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
fn a_collection_can_be_named() {
    let home = Home::with(&["access.log", "app.log"]);
    let stats = home.run(["stats", "--json", "collection:access-log"]).succeeds();
    assert_eq!(stats.json_lines()[0]["collections"].as_array().unwrap().len(), 1);
}

#[test]
fn of_what_matches_a_table_is_made() {
    let home = Home::with(&["access.log", "app.log"]);
    home.run(["stats", "cart"]).succeeds().prints(
        "collection       records  first                    last\n\
         access-log             1  2026-11-22 07:30:01      2026-11-22 07:30:01\n\
         application-log        2  2026-11-22 07:30:00.100  2026-11-22 07:30:06\n",
    );
    home.run(["stats", "* | stats count(), avg(bytes) as mean by status | sort -status | limit 2"])
        .succeeds()
        .prints("status  count()  mean\n   500        1    87\n   404        1     9\n");
}

#[test]
fn json_is_one_object_a_row_and_columns_are_named_as_written() {
    let home = Home::with(&["access.log", "app.log"]);
    for (query, expected) in [
        (
            "status:* | stats count() as n by status",
            "{\"status\":200,\"n\":1}\n{\"status\":302,\"n\":1}\n{\"status\":404,\"n\":1}\n{\"status\":500,\"n\":1}\n",
        ),
        (
            "path:/c* | top path",
            "{\"path\":\"/cart\",\"count()\":1}\n{\"path\":\"/checkout\",\"count()\":1}\n",
        ),
        (
            "level:* | timechart 1h count() as n by level | sort level",
            "{\"time\":\"2026-11-22T07:00:00.000Z\",\"level\":\"ERROR\",\"n\":1}\n\
             {\"time\":\"2026-11-22T07:00:00.000Z\",\"level\":\"INFO\",\"n\":2}\n\
             {\"time\":\"2026-11-22T07:00:00.000Z\",\"level\":\"WARNING\",\"n\":1}\n",
        ),
        ("nowhere | stats count()", "{\"count()\":0}\n"),
        ("nowhere | top path", ""),
    ] {
        home.run(["stats", query, "--json"]).succeeds().prints(expected);
    }
}

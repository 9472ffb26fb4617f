use crate::harness::{Home, text};

const ALL: &[&str] = &["access.log", "app.log", "gunicorn.log", "events.ndjson"];

#[test]
fn export_import_export_is_the_identity() {
    let first = Home::with(ALL);
    let exported = first.run(["export"]).succeeds().stdout;
    assert_eq!(exported.lines().count(), 12);
    let second = Home::new();
    second.run_with_input(["import", "-"], exported.clone()).succeeds();
    second.run(["export"]).succeeds().prints(&exported);
    second
        .run_with_input(["import", "-"], exported.clone())
        .succeeds()
        .says("imported 0 records")
        .says("12 were there already");
    second.run(["export"]).succeeds().prints(&exported);
}

#[test]
fn every_type_comes_back_as_it_was() {
    let line = concat!(
        r#"{"_id":{"$oid":"65f0000000000000000000aa"},"_collection":"odd","timestamp":{"$date":"2026-11-22T07:30:00.000Z"},"#,
        r#""long":{"$numberLong":"7"},"nan":{"$numberDouble":"NaN"},"bytes":{"$binary":{"base64":"AP8=","subType":"05"}},"#,
        r#""wrapped":{"$literal":{"$oid":"no id"}},"deep":{"a":[1,{"b":null}]},"":"no name","a.b":1.5}"#,
        "\n"
    );
    let home = Home::new();
    home.run_with_input(["import", "-"], line).succeeds().says("imported 1 record in");
    home.run(["export"]).succeeds().prints(line);
}

#[test]
fn records_come_by_time_and_then_id_across_collections() {
    let home = Home::new();
    let record = |id: u8, collection: &str, millis: i64| {
        format!(
            "{{\"_id\":{{\"$oid\":\"{id:0>24}\"}},\"_collection\":\"{collection}\",\
             \"timestamp\":{{\"$date\":\"2026-11-22T07:30:00.{millis:0>3}Z\"}}}}\n"
        )
    };
    let (a, b, c, d) =
        (record(3, "x", 100), record(1, "y", 200), record(2, "x", 200), record(4, "y", 200));
    home.run_with_input(["import", "-"], [&*d, &c, &b, &a].concat()).succeeds();
    home.run(["export"]).succeeds().prints(&[&*a, &b, &c, &d].concat());
    home.run(["export", "collection:y"]).succeeds().prints(&[&*b, &d].concat());
    let from = "2026-11-22T07:30:00.150Z";
    home.run(["export", "--since", from]).succeeds().prints(&[&*b, &c, &d].concat());
    home.run(["export", "--until", from]).succeeds().prints(&a);
}

#[test]
fn a_query_says_which_are_exported() {
    let home = Home::with(ALL);
    let outcome = home.run(["export", "gateway"]).succeeds();
    let records = outcome.json_lines();
    assert_eq!(records.len(), 1);
    assert_eq!(text(&records[0]["exception"]["type"]), "TimeoutError");
    let outcome = home.run(["export", "status:[300 TO 500}", "OR", "user:ana"]).succeeds();
    assert_eq!(outcome.json_lines().len(), 3);
    home.run(["export", "* | top path"]).code(2).prints("").says("takes no pipes");
}

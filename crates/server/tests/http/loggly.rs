//! What Loggly's clients send and read: `/inputs`, `/bulk` and `/apiv2`.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use crate::harness::{Answer, Site};
use serde_json::{Value, json};
use woodpile_server::auth::Secret;

const APPLICATION: &str = "application-log";

/// A server with a token to bring records, and a password to read them.
fn guarded() -> Site {
    Site::with(|settings| {
        settings.token = Some(Secret::new("ingest"));
        settings.password = Some(Secret::new("read"));
    })
}

#[track_caller]
fn is_taken(answer: Answer) {
    let answer = answer.status(200);
    assert_eq!(answer.body, "{\"response\" : \"ok\"}\n");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
}

#[test]
fn an_input_is_one_event_with_tags_of_path_and_header() {
    let site = guarded();
    is_taken(site.post("/inputs/ingest/tag/a1,b2/", "first line\nsecond line\n"));
    let form = ("content-type", "application/x-www-form-urlencoded");
    let headers = [("x-loggly-tag", "c3"), form];
    is_taken(site.request("POST", "/inputs/ingest", &headers, br#"{"message":"a=b&c","n":1}"#));
    let records = site.records(APPLICATION);
    let found = |message: &str| records.iter().find(|it| it["message"] == message).unwrap();
    assert_eq!(found("first line\nsecond line")["tags"], json!(["a1", "b2"]));
    assert_eq!(found("a=b&c")["tags"], json!(["c3"]));
    assert_eq!(found("a=b&c")["n"], 1);
}

#[test]
fn each_line_of_a_bulk_is_an_event() {
    let site = guarded();
    is_taken(site.post("/bulk/ingest/tag/bulk", "{\"message\":\"one\"}\ntwo\n\nthree"));
    let mut messages = site.messages(APPLICATION);
    messages.sort();
    assert_eq!(messages, ["one", "three", "two"]);
}

#[test]
fn what_is_wrong_is_told_with_the_statuses_that_clients_know() {
    let site = guarded();
    // Not 401: clients take 403 for a token that is wrong for ever.
    site.post("/inputs/unknown", "hello").fails(403, "the token is not known");
    site.post("/inputs/ingest", "").fails(400, "the body is empty");
    let empty = [("x-loggly-tag", "")];
    site.request("POST", "/bulk/ingest", &empty, b"hello").fails(400, "X-LOGGLY-TAG");
    assert_eq!(site.messages(APPLICATION), Vec::<String>::new());
}

/// A server with ten numbered events of one host and one of another.
fn filled() -> Site {
    let site = guarded();
    let event = |n| format!("{{\"message\":\"event {n}\",\"n\":{n},\"hostname\":\"web-1\"}}\n");
    let events: String = (0..10).map(event).collect::<Vec<_>>().concat();
    is_taken(site.post("/bulk/ingest/tag/blue", events));
    is_taken(site.post(
        "/inputs/ingest",
        r#"{"message":"other","hostname":"web-2","app":"shop","ok":true}"#,
    ));
    site.showing("read")
}

fn messages(events: &Value) -> Vec<&str> {
    let text = |event: &Value| event["event"]["json"]["message"].as_str().map(str::to_owned);
    assert!(events.as_array().unwrap().iter().all(|event| text(event).is_some()), "{events:#}");
    events
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["event"]["json"]["message"].as_str().unwrap())
        .collect()
}

#[test]
fn a_search_gives_an_id_and_with_it_pages_of_events() {
    let site = filled();
    let begun =
        site.get("/apiv2/search?q=json.n:*&from=-10m&until=now&size=4&callback=").status(200);
    let begun = begun.json();
    let rsid = begun["rsid"]["id"].as_str().unwrap();
    assert_eq!(begun["rsid"]["status"], "SCHEDULED");
    let (from, to) = (&begun["rsid"]["date_from"], &begun["rsid"]["date_to"]);
    assert_eq!(to.as_i64().unwrap() - from.as_i64().unwrap(), 600_000);
    let mut found = Vec::new();
    for page in 0..4 {
        let path = format!("/apiv2/events?rsid={rsid}&page={page}");
        // Scripts take the answer apart line by line.
        let answer = site.get(&path).status(200).says("\n  \"total_events\": 10,\n");
        let answer = answer.json();
        assert_eq!(answer["page"], page);
        found.extend(messages(&answer["events"]).into_iter().map(str::to_owned));
    }
    found.sort();
    assert_eq!(found, (0..10).map(|n| format!("event {n}")).collect::<Vec<_>>());
    site.get("/apiv2/events?rsid=17").fails(410, "there is no search with the rsid");
    site.get("/apiv2/search?q=(").fails(400, "the query is wrong");
    site.get("/apiv2/search").fails(400, "q is missing");
}

#[test]
fn an_event_has_what_clients_take_from_it() {
    let site = filled();
    let events = site.get("/apiv2/events/iterate?q=other").status(200).json();
    let event = &events["events"][0];
    let text: Value = serde_json::from_str(event["logmsg"].as_str().unwrap()).unwrap();
    assert_eq!(text["message"], "other");
    assert_eq!(event["id"].as_str().unwrap().len(), 24);
    assert!(event["timestamp"].is_i64());
    assert_eq!(event["logtypes"], json!(["json", "syslog"]));
    assert_eq!(event["event"]["syslog"], json!({"host": "web-2", "appName": "shop"}));
    assert_eq!(events.get("next"), None);
}

#[test]
fn pages_follow_each_other_until_there_is_none() {
    for order in ["asc", "desc"] {
        let site = filled();
        let mut path = format!("/apiv2/events/iterate?q=tag:blue&from=-1D&size=3&order={order}");
        let mut found = Vec::new();
        loop {
            let page = site.get(&path).status(200).json();
            found.extend(messages(&page["events"]).into_iter().map(str::to_owned));
            let Some(next) = page.get("next") else { break };
            let next = next.as_str().unwrap();
            let base = format!("http://{}", site.address());
            path = next.strip_prefix(&base).unwrap().to_owned();
        }
        let mut all = found.clone();
        all.sort();
        assert_eq!(all, (0..10).map(|n| format!("event {n}")).collect::<Vec<_>>(), "{found:?}");
    }
}

#[test]
fn events_are_counted_with_their_volume() {
    let site = filled();
    let count = site.get("/apiv2/events/count?q=tag:blue").status(200).json();
    assert_eq!(count, json!({"count": 10}));
    let count = site.get("/apiv2/events/count?q=*&include_volume=true").status(200).json();
    assert_eq!(count["count"], 11);
    let volume = count["volume"].as_u64().unwrap();
    let metrics = site.get("/apiv2/volume-metrics?group_by=host,app").status(200).json();
    let metrics = metrics["metrics"].as_array().unwrap();
    let of = |host: &str| metrics.iter().find(|metric| metric["host"] == host).unwrap();
    assert_eq!((&of("web-1")["count"], of("web-1").get("app")), (&json!(10), None));
    assert_eq!((&of("web-2")["count"], &of("web-2")["app"]), (&json!(1), &json!("shop")));
    let bytes = |host| of(host)["volume_bytes"].as_u64().unwrap();
    assert_eq!(bytes("web-1") + bytes("web-2"), volume);
    let one = site.get("/apiv2/volume-metrics?host=web-2&measurement_types=count").json();
    assert_eq!(one["metrics"], json!([{"host": "web-2", "count": 1}]));
    site.get("/apiv2/volume-metrics?group_by=user").fails(400, "group_by=user is wrong");
}

#[test]
fn fields_and_their_values_are_listed() {
    let site = filled();
    let fields = site.get("/apiv2/fields?q=*").status(200).json();
    assert_eq!(fields["total_events"], 11);
    let named = |name: &str| {
        fields["fields"].as_array().unwrap().iter().find(|field| field["field"] == name).cloned()
    };
    assert_eq!(named("n"), Some(json!({"field": "n", "count": 10})));
    let values = site.get("/apiv2/fields/syslog.host/?q=*").status(200).json();
    assert_eq!(values["unique_field_count"], 2);
    let terms = json!([{"term": "web-1", "count": 10}, {"term": "web-2", "count": 1}]);
    assert_eq!(values["syslog.host"], terms);
}

#[test]
fn numbers_are_summed_up() {
    let site = filled();
    let stat = |path: &str| site.get(&format!("/apiv2/stats/{path}?q=*")).status(200).json();
    assert_eq!(stat("avg/json.n"), json!({"avg": 4.5}));
    assert_eq!(stat("cardinality/json.n/"), json!({"cardinality": 10}));
    assert_eq!(stat("value_count/json.n"), json!({"value_count": 10}));
    let all = stat("stats/json.n");
    assert_eq!((&all["count"], &all["min"], &all["max"]), (&json!(10), &json!(0), &json!(9)));
    assert_eq!(stat("percentiles/json.n")["percentiles"].as_object().unwrap().len(), 7);
    let unknown = site.get("/apiv2/stats/avg/json.log.bleh?q=*").status(400);
    assert_eq!(unknown.body, "The requested field 'json.log.bleh' is unknown.\n");
    site.get("/apiv2/stats/mode/json.n").fails(400, "there is no statistic \"mode\"");
}

#[test]
fn the_account_is_told_to_who_may_read() {
    let site = filled();
    let customer = site.get("/apiv2/customer").status(200).json();
    assert_eq!(customer["subdomain"], "127");
    assert_eq!(customer["tokens"], json!([]));
    assert!(customer["subscription"].get("retention_days").is_some());
    let site = site.showing("ingest");
    site.get("/apiv2/customer").fails(403, "has the scope ingest");
    let site = site.showing("nonsense");
    site.get("/apiv2/customer").fails(401, "Unauthorized");
}

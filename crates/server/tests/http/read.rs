//! What is read over HTTP.

use crate::harness::Site;
use bson::{DateTime, RawDocumentBuf, doc, oid::ObjectId};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use woodpile_record::Batch;
use woodpile_store::Identity;

/// 2026-11-22T07:00:00Z.
const START: i64 = 1_795_330_800_000;

fn id(number: u32) -> ObjectId {
    let mut bytes = [7; 12];
    bytes[..4].copy_from_slice(&u32::try_from(START / 1_000).unwrap().to_be_bytes());
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    ObjectId::from_bytes(bytes)
}

/// A record a minute: every third one failed.
fn record(number: u32) -> RawDocumentBuf {
    let failed = number.is_multiple_of(3);
    RawDocumentBuf::try_from(&doc! {
        "_id": id(number),
        "timestamp": DateTime::from_millis(START + i64::from(number) * 60_000),
        "level": if failed { "ERROR" } else { "INFO" },
        "message": format!("GET /cart/{number}, \"quoted\""),
        "http": { "status": if failed { 503 } else { 200 } },
    })
    .unwrap()
}

fn append(site: &Site, collection: &str, numbers: impl IntoIterator<Item = u32>) {
    let records: Vec<_> = numbers.into_iter().map(record).collect();
    let batch: Batch = records.iter().map(|record| -> &bson::RawDocument { record }).collect();
    site.store().append(&[(collection, &batch)], Identity::Fresh).unwrap();
}

/// Ten records of one collection, two of another.
fn site() -> Site {
    let site = Site::new();
    append(&site, "access-log", 0..10);
    append(&site, "error-log", 20..22);
    site
}

/// The numbers at the ends of the messages.
#[track_caller]
fn check(site: &Site, query: &str, expected: &[u32]) {
    let answer = site.get(&format!("/api/records?{query}")).status(200);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let numbers: Vec<u32> = answer.body.lines().map(number).collect();
    assert_eq!(numbers, expected, "{query}");
}

fn number(line: &str) -> u32 {
    let record: Value = serde_json::from_str(line).unwrap();
    let message = record["message"].as_str().unwrap();
    message["GET /cart/".len()..].split(',').next().unwrap().parse().unwrap()
}

#[test]
fn records_are_read_by_query_time_collection_and_order() {
    let site = site();
    check(&site, "q=status:503", &[21, 9, 6, 3, 0]);
    check(&site, "q=status:503&limit=2", &[21, 9]);
    check(&site, "q=status:503&order=oldest&collection=access-log", &[0, 3, 6, 9]);
    check(&site, "since=2026-11-22T07:05:00Z&until=2026-11-22T07:08:00Z", &[7, 6, 5]);
    check(&site, "since=2026-11-22T09:05&until=2026-11-22T09:08&tz=Europe/Helsinki", &[7, 6, 5]);
    check(&site, "since=2026-11-22T09:05&until=2026-11-22T09:08&tz=%2B02:00", &[7, 6, 5]);
    check(&site, "q=nothing", &[]);
    check(&site, "q=%2A+%7C+sort+http.status+%7C+limit+1&collection=error-log", &[20]);
}

#[test]
fn a_record_comes_as_export_writes_it() {
    let site = site();
    let answer = site.get("/api/records?q=%22cart/3%22").status(200);
    let expected = json!({
        "_id": { "$oid": id(3).to_hex() }, "timestamp": { "$date": "2026-11-22T07:03:00.000Z" },
        "level": "ERROR", "message": "GET /cart/3, \"quoted\"", "http": { "status": 503 },
        "_collection": "access-log",
    });
    assert_eq!(answer.json(), expected);
}

#[test]
fn the_request_chooses_the_form() {
    let site = site();
    let get = |accept, query: &str| {
        let path = format!("/api/records?{query}");
        site.request("GET", &path, &[("accept", accept)], b"").status(200)
    };
    let raw = get("text/plain", "limit=1&collection=access-log");
    assert_eq!(raw.body, "GET /cart/9, \"quoted\"\n");
    assert_eq!(raw.header("content-type"), "text/plain; charset=utf-8");
    let csv = get("text/csv", "limit=1&collection=access-log");
    assert_eq!(
        csv.body,
        format!(
            "timestamp,level,_collection,loggerName,message,exception,fields,_id\r\n\
             2026-11-22T07:09:00.000Z,ERROR,access-log,,\"GET /cart/9, \"\"quoted\"\"\",,\
             \"{{\"\"http\"\":{{\"\"status\"\":503}}}}\",{}\r\n",
            id(9).to_hex()
        )
    );
    let counts = "q=*+|+stats+count()+by+status";
    assert_eq!(get("text/csv", counts).body, "status,count()\r\n200,7\r\n503,5\r\n");
    let lines = "{\"status\":200,\"count()\":7}\n{\"status\":503,\"count()\":5}\n";
    assert_eq!(get("*/*", counts).body, lines);
    let first = "q=*+|+stats+min(time)+as+first";
    assert_eq!(get("*/*", first).body, "{\"first\":\"2026-11-22T07:00:00.000Z\"}\n");
    let extended = get("*/*", &format!("{first}&extended=true")).body;
    assert_eq!(extended, "{\"first\":{\"$date\":\"2026-11-22T07:00:00.000Z\"}}\n");
    assert_eq!(get("*/*", "q=*+|+fields+status&limit=1").body, "{\"status\":503}\n");
}

#[test]
fn notes_say_what_was_looked_at() {
    let site = site();
    let answer = site.get("/api/records?q=status:503&notes=true").status(200);
    let last: Value = serde_json::from_str(answer.body.lines().last().unwrap()).unwrap();
    assert_eq!(last["notes"]["tally"]["hot"], 12, "{last}");
    assert_eq!(last["notes"]["damage"], json!([]));
}

#[test]
fn what_is_wrong_is_said_with_its_column() {
    let site = site();
    site.get("/api/records?q=status:%3E").fails(400, "column 9: expected a value");
    site.get("/api/records?q=*+|+stat+count()").fails(400, "did you mean stats?");
    site.get("/api/records?since=tomorow").fails(400, "since=tomorow is wrong");
    site.get("/api/records?since=today&until=yesterday").fails(400, "since is not before until");
    site.get("/api/records?limit=0").fails(400, "limit=0 is wrong").says("from 1 to");
    site.get("/api/records?order=up").fails(400, "order=up is wrong").says("newest or oldest");
    site.get("/api/records?tz=Mars/Phobos").fails(400, "tz=Mars/Phobos is wrong");
    site.get("/api/records?query=x").fails(400, "there is no parameter \"query\"");
    site.get("/api/records?q=a&q=b").fails(400, "there are several q=");
    site.get("/api/fields?q=*+|+top+path").fails(400, "without pipes");
    site.get("/api/tail?q=*+|+top+path").fails(400, "takes no pipe but fields");
    site.get("/api/tail?last_event_id=7").fails(400, "Last-Event-ID=7 is wrong");
    site.get("/api/histogram?buckets=100000").fails(400, "buckets=100000 is wrong");
    site.get("/api/records/zzz").fails(404, "no record has the _id \"zzz\"");
}

#[test]
fn a_record_and_what_came_around_it() {
    let site = site();
    let hex = id(5).to_hex();
    let answer = site.get(&format!("/api/records/{hex}")).status(200);
    assert_eq!(number(&answer.body), 5);
    assert_eq!(answer.json()["_collection"], "access-log");
    site.get(&format!("/api/records/{hex}?collection=error-log")).fails(404, "no record has");
    let context = site.get(&format!("/api/records/{hex}/context?before=2&after=1")).status(200);
    let context = context.json();
    let numbers = |part: &Value| -> Vec<u32> {
        part.as_array().unwrap().iter().map(|record| number(&record.to_string())).collect()
    };
    assert_eq!(numbers(&context["before"]), [3, 4]);
    assert_eq!(number(&context["record"].to_string()), 5);
    assert_eq!(numbers(&context["after"]), [6]);
    let lines = site.get(&format!("/api/records/{hex}/context?before=1&after=1&lines=true"));
    assert_eq!(lines.status(200).body.lines().map(number).collect::<Vec<_>>(), [4, 5, 6]);
}

#[test]
fn totals_are_of_all_matches() {
    let site = site();
    let histogram = site
        .get("/api/histogram?since=2026-11-22T07:00:00Z&until=2026-11-22T07:10:00Z&buckets=2")
        .status(200)
        .json();
    assert_eq!(histogram["interval"], "5m");
    let expected = json!([
        { "start": "2026-11-22T07:00:00.000Z", "end": "2026-11-22T07:05:00.000Z", "records": 5,
          "severities": { "info": 3, "error": 2 } },
        { "start": "2026-11-22T07:05:00.000Z", "end": "2026-11-22T07:10:00.000Z", "records": 5,
          "severities": { "info": 3, "error": 2 } },
    ]);
    assert_eq!(histogram["buckets"], expected);
    let fields = site.get("/api/fields?q=status:503").status(200).json();
    assert_eq!(fields["records"], 5);
    let status = json!({ "name": "http.status", "records": 5 });
    assert!(fields["fields"].as_array().unwrap().contains(&status), "{fields}");
    let glance = site.get("/api/fields?glance=true").status(200).json();
    assert!(glance["fields"].as_array().unwrap().contains(&json!({ "name": "http.status" })));
    let values = site.get("/api/fields/http.status?limit=1").status(200).json();
    assert_eq!(values["values"], json!([{ "value": 200, "records": 7 }]));
    assert_eq!((&values["with_field"], &values["distinct"]), (&json!(12), &json!(2)));
    let top = site.get("/api/stats?q=*+|+top+1+status").status(200).json();
    assert_eq!(top["rows"], json!([{ "status": 200, "count()": 7 }]));
    let sizes = site.get("/api/stats").status(200).json();
    assert_eq!(sizes["collections"][0]["name"], "access-log");
    assert_eq!(sizes["collections"][0]["records"], 10);
    assert_eq!(sizes["quota_bytes"], Value::Null);
    let one = site.get("/api/stats?q=status:503").status(200).json();
    assert_eq!(one["rows"][0]["records"], 4);
}

/// A connection on which an answer comes without end.
struct Stream(BufReader<TcpStream>);

impl Stream {
    fn open(site: &Site, path: &str, headers: &str) -> Self {
        let mut connection = site.connect();
        write!(connection, "GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n").unwrap();
        Self(BufReader::new(connection))
    }

    /// A tail from which everything is shown that is appended now.
    fn tail(site: &Site, path: &str, headers: &str) -> Self {
        let mut stream = Self::open(site, path, headers);
        stream.until(": following");
        stream
    }

    /// The first line that has this in it.
    fn until(&mut self, wanted: &str) -> String {
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "no {wanted:?} came");
            if line.contains(wanted) {
                return line.trim_end().to_owned();
            }
        }
    }
}

#[test]
fn a_tail_shows_what_arrives_and_goes_on_where_it_was() {
    let site = site();
    let mut tail = Stream::tail(&site, "/api/tail?q=status:503", "");
    append(&site, "access-log", 30..34);
    let event = tail.until("id: ");
    assert_eq!(number(&tail.until("data: ")["data: ".len()..]), 30);
    let last = event["id: ".len()..].to_owned();
    assert_eq!(number(&tail.until("data: ")["data: ".len()..]), 33);
    drop(tail);
    append(&site, "access-log", 34..40);
    let mut tail =
        Stream::tail(&site, "/api/tail?q=status:503", &format!("last-event-id: {last}\r\n"));
    for expected in [33, 36, 39] {
        assert_eq!(number(&tail.until("data: ")["data: ".len()..]), expected);
    }
    append(&site, "error-log", [42]);
    assert_eq!(number(&tail.until("data: ")["data: ".len()..]), 42);
}

#[test]
fn a_tail_is_passed_on_by_proxies_at_once() {
    let site = site();
    let mut tail = Stream::open(&site, "/api/tail", "");
    tail.until("200 OK");
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        tail.0.read_line(&mut head).unwrap();
    }
    let head = head.to_lowercase();
    for header in
        ["content-type: text/event-stream", "x-accel-buffering: no", "cache-control: no-store"]
    {
        assert!(head.contains(header), "{header} in {head}");
    }
}

#[test]
fn who_reads_too_slowly_is_told_how_much_is_missing() {
    let site = site();
    let mut slow = Stream::tail(&site, "/api/tail?q=noise", "");
    let mut quick = Stream::tail(&site, "/api/tail?q=noise", "");
    let noise = "noise ".repeat(5_000);
    let (batches, each) = (80_u32, 20_u32);
    for batch in 0..batches {
        let records: Vec<_> = (0..each)
            .map(|number| {
                let number = 1_000 + batch * each + number;
                let document = doc! { "_id": id(number), "timestamp": DateTime::from_millis(START), "message": &*noise };
                RawDocumentBuf::try_from(&document).unwrap()
            })
            .collect();
        let records: Batch =
            records.iter().map(|record| -> &bson::RawDocument { record }).collect();
        site.store().append(&[("access-log", &records)], Identity::Fresh).unwrap();
    }
    // The quick one reads meanwhile, to the end of what it gets.
    let wanted = u64::from(batches * each);
    let reader = std::thread::spawn(move || count(&mut quick, wanted));
    assert_eq!(reader.join().unwrap(), wanted);
    assert_eq!(count(&mut slow, wanted), wanted, "what is missing is counted");
}

/// How many events came or were missed, until there are so many.
fn count(tail: &mut Stream, wanted: u64) -> u64 {
    let mut seen = 0;
    while seen < wanted {
        let line = tail.until("data: ");
        let data: Value = serde_json::from_str(&line["data: ".len()..]).unwrap();
        seen += data["missed"].as_u64().unwrap_or(1);
    }
    seen
}

#[test]
fn whoever_leaves_takes_nobodys_turn() {
    let site = site();
    let large: Vec<_> = (100..40_000).collect();
    append(&site, "access-log", large);
    for _ in 0..40 {
        let mut stream = Stream::open(&site, "/api/records", "");
        stream.until("200 OK");
    }
    check(&site, "q=status:503&until=2026-11-22T07:05:00Z", &[3, 0]);
}

#[test]
fn a_long_answer_comes_whole() {
    let site = site();
    append(&site, "access-log", 100..20_000);
    let mut stream = Stream::open(&site, "/api/records?order=oldest", "connection: close\r\n");
    let mut whole = String::new();
    stream.0.read_to_string(&mut whole).unwrap();
    assert_eq!(whole.matches("\"_id\"").count(), 19_912);
    assert!(whole.ends_with("0\r\n\r\n"), "the end is marked");
}

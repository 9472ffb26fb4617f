//! Documents that are not what they claim to be are answered, whatever the answer.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use woodpile_query::{Matcher, Origin, Pipeline, parse};
use woodpile_record::{RawDocument, json};

const RECORD: &str = r#"{"_id": {"$oid": "6561b5c1f1d2a3b4c5d6e7f8"}, "timestamp": {"$date": "2026-11-22T07:32:49.123Z"},
    "level": "INFO", "message": "192.0.2.7 - - [22/Nov/2026:07:32:49 +0000] \"GET / HTTP/1.1\" 503 5316",
    "tags": ["a", {"b": 1}], "n": 4711, "x": 1.5, "big": {"$numberLong": "9007199254740993"}, "t": true, "nil": null,
    "price": {"$numberDecimal": "12.50"}, "bin": {"$binary": {"base64": "AAEC", "subType": "00"}},
    "re": {"$regularExpression": {"pattern": "a", "options": "i"}}, "stamp": {"$timestamp": {"t": 1, "i": 7}},
    "code": {"$code": "x", "$scope": {"a": 1}}, "http": {"status": 200, "path": "/"}}"#;

const QUERIES: [&str; 12] = [
    "info",
    "200",
    "*a*",
    "*:/x+/",
    "status:>=500",
    "tags.b:1",
    "level:>=warn",
    "time:-1h",
    "@web",
    "http:*",
    "price:>1",
    "code:x",
];

const PIPES: [&str; 4] = [
    "* | stats count(), sum(n), uniq(price), max(bin), p50(x) by tags, code",
    "* | timechart 1d count() by level",
    "* | fields re, stamp, http | dedup http",
    "* | patterns",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = json::parse(RECORD).unwrap().into_bytes();
        let end = bytes.len() - 1;
        for (at, byte) in changes {
            bytes[4..end][at.index(end - 4)] = byte;
        }
        let document = RawDocument::from_bytes(&bytes).unwrap();
        let now = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
        for query in QUERIES {
            let matcher = Matcher::new(&parse(query).unwrap().filter, &now).unwrap();
            matcher.matches(document, Origin::default());
        }
        for query in PIPES {
            let mut pipeline = Pipeline::new(&parse(query).unwrap().pipes, &TimeZone::UTC);
            pipeline.push(document, Origin::default()).unwrap();
            pipeline.finish().unwrap();
        }
    }
}

//! Which records a query means: tables of a record and the queries that do or do not find it.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper that fails is the test's failure")]

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use woodpile_query::{Leaf, Matcher, Origin, Times, parse};
use woodpile_record::{Record, Severity, json};

const ACCESS: &str = r#"{"_id": {"$oid": "6561b5c1f1d2a3b4c5d6e7f8"}, "timestamp": {"$date": "2026-11-22T07:32:49.123Z"},
    "level": "INFO", "message": "192.0.2.7 - ada [22/Nov/2026:07:32:49 +0000] \"GET /api/Cart?id=7 HTTP/1.1\" 503 5316",
    "loggerName": "gunicorn.access", "process": 4711, "hostname": "web-host", "app": "shop",
    "http": {"method": "GET", "path": "/api/Cart", "query": "id=7", "status": 503, "bytes": 5316, "durationMs": 250.5,
        "remoteAddr": "192.0.2.7", "user": "ada", "userAgent": "Mozilla/5.0 (X11; Linux x86_64) curl/8.5.0"},
    "heroku": {"source": "app", "process": "web.1"}}"#;

const APPLICATION: &str = r#"{"_id": {"$oid": "6561b5c1f1d2a3b4c5d6e7f8"}, "timestamp": {"$date": "2026-11-22T06:00:00Z"},
    "level": "Warning", "message": "Connection RESET by peer: read_timeout after 250ms, Ärger größer",
    "loggerName": "shop.cart.db", "method": "connect", "tags": ["blue", "Green 7"],
    "exception": {"type": "TimeoutError", "message": "no answer", "stackTrace": "Traceback:\n  at shop.Cart.add (cart.py:7)"},
    "ok": true, "nothing": null, "attempts": 3, "ratio": 0.25, "big": {"$numberLong": "9007199254740993"},
    "price": {"$numberDecimal": "12.50"}, "count": "42", "took": "1.5s", "size": "10KB", "waitSeconds": 2,
    "peer": "[2001:db8::7]:5432", "expires": {"$date": "2026-12-01T00:00:00Z"}, "until": "2026-12-24T12:00:00+01:00",
    "items": [{"sku": "A-1", "n": 1}, {"sku": "B-2", "n": 20}], "a.b": "dotted", "status": "paid"}"#;

/// An access line that a writer left in its message alone.
const BARE: &str = r#"{"_id": {"$oid": "6561b5c1f1d2a3b4c5d6e7f8"}, "timestamp": {"$timestamp": {"t": 1700000000, "i": 7}},
    "message": "198.51.100.4 - - [14/Nov/2023:22:13:20 +0000] \"POST /login HTTP/1.1\" 404 12 \"-\" \"curl/8.5.0\""}"#;

/// As Serilog and slog call the fields.
const FOREIGN: &str =
    r#"{"Level": "Error", "msg": "it broke", "timestamp": "2026-11-22T07:32:49Z"}"#;

fn now() -> Zoned {
    "2026-11-22T08:00:00Z".parse::<Timestamp>().unwrap().to_zoned(TimeZone::UTC)
}

fn record(text: &str) -> Record {
    json::parse(text).unwrap()
}

#[track_caller]
fn matches(record: &Record, query: &str) -> bool {
    let query = parse(query).unwrap_or_else(|errors| panic!("{query}\n{errors}"));
    let matcher = Matcher::new(&query.filter, &now()).unwrap();
    matcher.matches(record.as_document(), Origin { collection: "access-log" })
}

#[track_caller]
fn check(text: &str, found: &[&str], not_found: &[&str]) {
    let record = record(text);
    for query in found {
        assert!(matches(&record, query), "{query} finds it");
        assert!(!matches(&record, &format!("-({query})")), "-({query}) does not");
    }
    for query in not_found {
        assert!(!matches(&record, query), "{query} does not find it");
        assert!(matches(&record, &format!("NOT ({query})")), "NOT ({query}) does");
    }
}

#[test]
fn words_are_whole_and_in_any_text_and_case() {
    check(
        APPLICATION,
        &[
            "*",
            "reset",
            "RESET connection",
            "read_timeout",
            "timeouterror",
            "cart.py",
            "blue",
            "green",
            "7",
            "ärger",
            "GRÖSSER OR größer",
            "Ärger",
            "shop.cart",
            "250ms",
            "dotted",
            "a-1",
            "warning",
        ],
        &[
            "timeout",
            "rese",
            "eset",
            "ärg",
            "größe",
            "stackTrace",
            "sku",
            "cart.p",
            "refused",
            "true",
            "null",
        ],
    );
}

#[test]
fn numbers_are_found_by_their_digits() {
    check(ACCESS, &["4711", "503", "250.5", "5316", "250"], &["47", "250.50", "50"]);
    check(
        APPLICATION,
        &["3", "0.25", "9007199254740993", "12.50", "42", "20"],
        &["9007199254740992", "471"],
    );
}

#[test]
fn dates_and_ids_have_no_text() {
    check(ACCESS, &["_id:6561B5C1f1d2a3b4c5d6e7f8"], &["6561b5c1f1d2a3b4c5d6e7f8", "123"]);
}

#[test]
fn phrases_begin_at_a_word_and_may_go_on() {
    check(
        APPLICATION,
        &["\"connection reset\"", "\"connection res\"", "\"by peer: read\"", "\"ärger größ\""],
        &["\"onnection reset\"", "\"reset connection\"", "\"connection  reset\""],
    );
}

#[test]
fn wildcards_stand_within_words() {
    check(
        APPLICATION,
        &[
            "conn*",
            "*meout",
            "*imeou*",
            "re?et",
            "sh*add",
            "ärg*",
            "?rger",
            "c*n reset",
            "*.py",
            "trace*",
        ],
        &["onn*", "*meou", "re?t", "conn*peer", "?reset", "ärge?r"],
    );
    check(ACCESS, &["47*", "50?", "*/Cart?id=7"], &["50??"]);
}

#[test]
fn expressions_look_anywhere_and_mind_case() {
    check(
        APPLICATION,
        &[
            "message:/RESET by \\w+/",
            "*:/cart\\.py:\\d/",
            "*:/reset/i",
            "attempts:/^3$/",
            "message:/größer$/",
        ],
        &["message:/reset/", "*:/^reset$/i", "nowhere:/./"],
    );
}

#[test]
fn values_are_whole_but_prose_is_searched() {
    check(
        ACCESS,
        &[
            "path:/api/cart",
            "path:/API/*",
            "path:*cart",
            "path:/?pi/C*t",
            "method:get",
            "logger:gunicorn.*",
            "userAgent:curl",
            "userAgent:\"x86_64\"",
            "message:503",
            "message:/HTTP\\/1/",
            "host:web-host",
            "user:ada",
            "method:(GET OR HEAD)",
            "pid:4711",
        ],
        &[
            "path:/api",
            "path:\"/api/\"",
            "path:api",
            "logger:gunicorn",
            "userAgent:cur",
            "message:=503",
            "app:sho",
        ],
    );
}

#[test]
fn numbers_compare_by_value() {
    check(
        ACCESS,
        &[
            "status:503",
            "status:503.0",
            "status:>=500",
            "status:[500 TO 599]",
            "status:[500 TO 504}",
            "status:!=200",
            "bytes:>5315",
            "bytes:<1e4",
            "durationMs:250.5",
            "http.status:(404 503)",
            "status:5*",
            "status:[* TO 503]",
        ],
        &[
            "status:{503 TO 599]",
            "status:<503",
            "status:50",
            "status:>=1000",
            "status:warn",
            "status:>a",
        ],
    );
    check(
        APPLICATION,
        &[
            "big:9007199254740993",
            "big:>9007199254740992",
            "price:12.5",
            "price:[12 TO 13]",
            "count:42",
            "count:>41.5",
            "ratio:<0.3",
            "count:42.0",
            "items.n:>10",
            "items.n:1",
            "items.0.n:1",
            "tags.1:\"green 7\"",
        ],
        &[
            "big:9007199254740992",
            "big:9007199254740993.5",
            "price:12.51",
            "count:>42",
            "items.n:2",
            "items.1.n:1",
        ],
    );
}

#[test]
fn durations_and_sizes_compare_by_value() {
    check(
        ACCESS,
        &[
            "duration:>250ms",
            "duration:[0.25s TO 1s]",
            "duration:250500us",
            "bytes:>5KB",
            "bytes:<6KB",
            "bytes:5316B",
        ],
        &["duration:>1s", "bytes:>5.2KiB", "bytes:5KB"],
    );
    check(
        APPLICATION,
        &[
            "took:1500ms",
            "took:>1s",
            "size:10000B",
            "size:<10KiB",
            "waitSeconds:2s",
            "waitSeconds:[1s TO 3000ms]",
        ],
        &["took:<1s", "size:>10KB", "waitSeconds:2ms", "loggerName:>1s"],
    );
}

#[test]
fn addresses_compare_by_network() {
    check(
        ACCESS,
        &[
            "ip:192.0.2.7",
            "ip:192.0.2.0/24",
            "ip:[192.0.2.1 TO 192.0.2.10]",
            "ip:192.*",
            "ip:0.0.0.0/0",
            "192.0.2",
        ],
        &["ip:192.0.2.70", "ip:192.0.3.0/24", "ip:>192.0.2.7", "ip:2001:db8::/32"],
    );
    check(
        APPLICATION,
        &["peer:2001:db8::/32", "peer:2001:DB8::7"],
        &["peer:2001:db9::/32", "peer:0.0.0.0/0"],
    );
}

#[test]
fn levels_compare_by_severity() {
    check(
        APPLICATION,
        &[
            "level:warn",
            "level:>=warn",
            "level:WARNING",
            "severity:[info TO error]",
            "level:(error warn)",
            "level:w*",
        ],
        &["level:error", "level:>warn", "level:info", "level:<warn"],
    );
    check(FOREIGN, &["level:error", "level:>=warn", "level:*"], &["level:fatal"]);
    check(BARE, &[], &["level:>=trace", "level:<=emergency", "level:*"]);
}

#[test]
fn times_compare_to_the_time_of_the_event() {
    check(
        ACCESS,
        &[
            "time:-1h",
            "time:today",
            "time:2026-11-22",
            "time:2026-11",
            "time:>=2026-11-22T07:32:49Z",
            "time:<now",
            "time:[now-1h TO now]",
            "timestamp:\"2026-11-22 07:32\"",
            "time:sunday OR time:today",
            "time:*",
        ],
        &[
            "time:yesterday",
            "time:-1m",
            "time:>2026-11-22",
            "time:<2026-11-22",
            "time:[now-2h TO now-1h]",
        ],
    );
    check(BARE, &["time:2023-11-14", "time:<-1y OR time:2023-11"], &["time:today"]);
    check(FOREIGN, &["time:today"], &["time:yesterday"]);
}

#[test]
fn other_fields_with_times_compare_too() {
    check(
        APPLICATION,
        &[
            "expires:>now",
            "expires:2026-12-01",
            "expires:[2026-12 TO 2026-12]",
            "until:<=2026-12-24",
            "until:>2026-12-23",
        ],
        &[
            "expires:<now",
            "expires:>2026-12-01",
            "expires:<2026-12-01",
            "until:>2026-12-24",
            "count:>now",
        ],
    );
}

#[test]
fn texts_compare_by_the_alphabet() {
    check(APPLICATION, &["logger:>=shop", "logger:[S TO t]"], &["logger:<shop", "attempts:>a"]);
}

#[test]
fn what_is_there_exists() {
    check(
        APPLICATION,
        &[
            "exception.type:*",
            "nothing:*",
            "nothing:null",
            "ok:*",
            "ok:true",
            "items:*",
            "items.sku:*",
            "a.b:dotted",
            "exception:*",
            "items:b-2",
            "tags:blue",
            "tags:\"green 7\"",
        ],
        &[
            "nowhere:*",
            "exception.code:*",
            "ok:false",
            "ok:null",
            "nothing:0",
            "nowhere:null",
            "items.x:*",
            "tags:green",
            "loggerName.x:*",
        ],
    );
}

#[test]
fn short_names_mean_the_first_field_that_is_there() {
    check(ACCESS, &["method:GET", "status:503"], &["method:connect"]);
    check(
        APPLICATION,
        &["method:connect", "status:paid", "logger:shop.cart.db", "json.attempts:3"],
        &["status:503"],
    );
}

#[test]
fn a_source_is_an_app_host_or_process() {
    check(
        ACCESS,
        &["@web", "@web.1", "@WEB.*", "@shop", "@web-host", "@*host"],
        &["@we", "@worker", "@web.2", "@app"],
    );
    check(APPLICATION, &["@blue"], &["@green", "@shop"]);
}

#[test]
fn collections_are_named() {
    check(
        ACCESS,
        &["collection:access-log", "collection:*-log"],
        &["collection:error-log", "collection:access"],
    );
}

#[test]
fn a_request_in_the_message_answers_as_fields_do() {
    check(
        BARE,
        &[
            "status:404",
            "status:>=400",
            "http.status:*",
            "http:*",
            "path:/login",
            "method:POST",
            "ip:198.51.100.0/24",
            "bytes:12",
            "userAgent:curl",
            "http.path:/log*",
            "http:post",
        ],
        &["status:200", "http.user:*", "referrer:*", "http.nothing:*", "httpx:*", "http:get"],
    );
    check(APPLICATION, &[], &["http:*", "http.status:*"]);
}

#[test]
fn parts_join_as_written() {
    check(
        APPLICATION,
        &[
            "reset -refused",
            "refused OR reset",
            "(refused OR reset) peer",
            "NOT (refused reset)",
            "-nowhere:x",
        ],
        &["reset refused", "-reset", "refused OR -peer"],
    );
}

#[test]
fn severity_alone_decides_about_levels() {
    let severities = ["debug", "info", "warn", "error", "fatal"].map(Severity::of);
    for (query, passing) in [
        ("level:error", Some(vec!["error"])),
        ("level:>=warn", Some(vec!["warn", "error", "fatal"])),
        ("level:[info TO error}", Some(vec!["info", "warn"])),
        ("level:*", None),
        ("level:w*", None),
        ("status:>=500", None),
    ] {
        let query = parse(query).unwrap();
        let matcher = Matcher::new(&query.filter, &now()).unwrap();
        let decided = severities.map(|severity| {
            matcher.decide(&|leaf| match leaf {
                Leaf::Field(leaf) => leaf.matches_severity(severity),
                _ => None,
            })
        });
        let expected = severities.map(|severity| {
            let passing = passing.as_ref()?;
            Some(passing.iter().any(|name| Severity::of(name) == severity))
        });
        assert_eq!(decided, expected, "{query}");
    }
}

#[test]
fn a_filter_says_where_it_is_of_no_use_to_look() {
    let query = "(collection:a* OR collection:b) -collection:ab time:-1h time:<now level:>=warn x";
    let query = parse(query).unwrap();
    let matcher = Matcher::new(&query.filter, &now()).unwrap();
    let may = ["a", "ab", "b", "c"].map(|name| matcher.may_match_in(name));
    assert_eq!(may, [true, false, true, false]);
    let may = ["info", "warn", "none"].map(|name| matcher.may_match_at(Severity::of(name)));
    assert_eq!(may, [false, true, false]);
    let now = now().timestamp().as_millisecond();
    assert_eq!(matcher.times(), Times { since: Some(now - 3_600_000), until: Some(now) });
}

#[track_caller]
fn refused(query: &str, expected: &str) {
    let query = parse(query).unwrap();
    let error = Matcher::new(&query.filter, &now()).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_takes_too_much_memory_is_refused() {
    refused(
        &"é ".repeat(500),
        "there are more than 100 words with wildcards, words with letters beyond ASCII and regular expressions; expected \
         fewer",
    );
    refused(
        &"é".repeat(10_000),
        &format!(
            "`{}…` takes more than 256 KiB to look for; expected a shorter part of it",
            "é".repeat(60)
        ),
    );
    assert!(Matcher::new(&parse(&"word ".repeat(500)).unwrap().filter, &now()).is_ok());
}

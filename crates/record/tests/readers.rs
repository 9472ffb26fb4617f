//! Records of other writers, old ones too, are understood as they are.
#![expect(clippy::unwrap_used, reason = "a helper's failure is the test's")]

use woodpile_record::{RawBsonRef, Record, Severity, View, event_time, json};

fn read(text: &str) -> Record {
    json::parse(text).unwrap()
}

#[test]
fn the_time_of_an_event_is_found_however_it_was_written() {
    let id = r#""_id":{"$oid":"650000000000000000000000"}"#;
    for (timestamp, millis) in [
        (r#"{"$date":"2026-11-22T07:32:49.123Z"}"#, 1_795_332_769_123),
        (r#"{"$date":{"$numberLong":"-5"}}"#, -5),
        (r#"{"$timestamp":{"t":1323209999,"i":123}}"#, 1_323_209_999_123),
        (r#"{"$timestamp":{"t":1323209999,"i":5000}}"#, 1_323_209_999_999),
        (r#""2026-11-22T08:32:49.123456+01:00""#, 1_795_332_769_123),
        (r#""2026-11-22 07:32:49Z""#, 1_795_332_769_000),
        ("1795332769", 1_795_332_769_000),
        ("1795332769.5", 1_795_332_769_500),
        ("1795332769123", 1_795_332_769_123),
        ("1795332769123456", 1_795_332_769_123),
        ("1795332769123456789", 1_795_332_769_123),
        (r#"{"$numberLong":"0"}"#, 0),
        // Not a time: the ObjectId's.
        (r#""yesterday""#, 1_694_498_816_000),
        (r#"{"$numberDouble":"NaN"}"#, 1_694_498_816_000),
        ("null", 1_694_498_816_000),
    ] {
        let record = read(&format!(r#"{{"timestamp":{timestamp},{id}}}"#));
        assert_eq!(event_time(record.as_document()), millis, "{timestamp}");
    }
    assert_eq!(event_time(read(&format!("{{{id}}}")).as_document()), 1_694_498_816_000);
    assert_eq!(event_time(read(r#"{"_id":5,"message":"m"}"#).as_document()), 0);
}

#[test]
fn log4mongo_of_1_0_is_understood() {
    let record = read(concat!(
        r#"{"_id":{"$oid":"4ede82f00000000000000000"},"timestamp":{"$timestamp":{"t":1323209968,"i":7}},"#,
        r#""level":"CRITICAL","message":"m","loggerName":"shop","lineNumber":7,"#,
        r#""exception":{"message":"no","code":0,"stactTrace":"Traceback"}}"#,
    ));
    let view = View::of(record.as_document());
    assert_eq!(view.time(), 1_323_209_968_007);
    assert_eq!(view.severity(), Some(Severity::FATAL));
    assert_eq!((view.message(), view.logger_name()), (Some("m"), Some("shop")));
    assert_eq!(view.line_number(), Some(7));
    assert_eq!(view.stack_trace().as_deref(), Some("Traceback"));
    assert!(matches!(view.id(), Some(RawBsonRef::ObjectId(_))));
}

#[test]
fn log4mongo_java_is_understood() {
    let class = r#"{"fullyQualifiedClassName":"org.shop.Cart","package":["org","shop","Cart"],"className":"Cart"}"#;
    let record = read(&format!(
        concat!(
            r#"{{"timestamp":{{"$date":"2026-11-22T07:32:49.123Z"}},"level":"ERROR","message":"m","#,
            r#""loggerName":{class},"lineNumber":"42","throwables":[{{"message":"java.lang.X: no","#,
            r#""stackTrace":[{{"fileName":"Cart.java","method":"buy","lineNumber":"12","class":{class}}}]}},"#,
            r#"{{"message":"java.lang.Y","stackTrace":[]}}]}}"#,
        ),
        class = class
    ));
    let view = View::of(record.as_document());
    assert_eq!(view.logger_name(), Some("org.shop.Cart"));
    assert_eq!(view.line_number(), Some(42));
    assert_eq!(
        view.stack_trace().as_deref(),
        Some("java.lang.X: no\n\tat org.shop.Cart.buy(Cart.java:12)\nCaused by: java.lang.Y")
    );
}

#[test]
fn messages_of_other_writers_are_found() {
    for (text, message, level) in [
        (r#"{"msg":"rsyslog","sys":"h"}"#, Some("rsyslog"), None),
        (
            r#"{"Level":"Warning","RenderedMessage":"serilog"}"#,
            Some("serilog"),
            Some(Severity::WARN),
        ),
        (r#"{"Message":"nlog","Level":"Info"}"#, Some("nlog"), Some(Severity::INFO)),
        (r#"{"MESSAGE":"syslog-ng"}"#, Some("syslog-ng"), None),
        (r#"{"message":5,"msg":"text"}"#, Some("text"), None),
        (r#"{"level":"web"}"#, None, None),
    ] {
        let record = read(text);
        let view = View::of(record.as_document());
        assert_eq!((view.message(), view.severity()), (message, level), "{text}");
    }
}

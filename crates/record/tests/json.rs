//! Extended JSON: `parse` undoes `write` to the byte, whatever the document.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper's failure is the test's")]

mod support;

use proptest::prelude::*;
use support::{documents, from_fields, record};
use woodpile_record::limits::{MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH};
use woodpile_record::{EventTime, Record, View, event_time, json};

fn written(record: &Record) -> String {
    let mut text = String::new();
    json::write(record.as_document(), &mut text);
    text
}

fn check_round_trip(record: &Record) {
    let text = written(record);
    let back = json::parse(&text).unwrap_or_else(|error| panic!("{error} in {text}"));
    assert_eq!(back.as_document().as_bytes(), record.as_document().as_bytes(), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parse_undoes_write(document in documents()) {
        let record = Record::from_bytes(document).unwrap();
        check_round_trip(&record);
        let text = written(&record);
        let separators = ['\u{85}', '\u{2028}', '\u{2029}'];
        let one_line = !text.chars().any(|c| c.is_control() || separators.contains(&c));
        prop_assert!(one_line, "{}", text);
    }

    #[test]
    fn an_exported_line_gives_back_collection_and_record(document in documents(), name in "\\PC{0,12}") {
        let fields = &document[4..document.len() - 1];
        let id = [b"\x10_id\0\x07\0\0\0".as_slice(), fields].concat();
        let own = [b"\x10_id\0\x07\0\0\0\x02_collection\0\x02\0\0\0x\0".as_slice(), fields].concat();
        let late = [fields, b"\x10_id\0\x07\0\0\0".as_slice()].concat();
        for fields in [id, own, late] {
            let record = Record::from_bytes(from_fields(&fields)).unwrap();
            let mut line = String::new();
            json::write_with(record.as_document(), &name, &mut line);
            prop_assert_eq!(json::parse_export(&line).unwrap(), (Some(name.clone()), record));
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic(mut document in documents(), at in any::<prop::sample::Index>(), byte: u8) {
        let at = at.index(document.len());
        document[at] = byte;
        if let Ok(record) = Record::from_bytes(document) {
            let view = View::of(record.as_document());
            let _ = (view.id(), view.time(), view.severity(), view.message(), view.logger_name());
            let _ = (view.line_number(), view.stack_trace(), event_time(record.as_document()));
            let _ = EventTime::from_millis(view.time());
            prop_assert!(json::parse(&written(&record)).is_ok());
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[\\[\\]{}:,\"$a-z0-9.eE\\\\-]{0,60}") {
        let _ = json::parse(&text);
        let _ = json::parse_export(&text);
    }

    #[test]
    fn no_wrapper_makes_the_parser_panic(document in documents(), at in any::<prop::sample::Index>(), c in "[\\PC{}\",:]") {
        let mut text = written(&Record::from_bytes(document).unwrap());
        let at = text.floor_char_boundary(at.index(text.len()));
        text.insert_str(at, &c);
        let _ = json::parse(&text);
    }
}

#[test]
fn each_type_has_its_text() {
    for text in [
        r#"{"text":"a\"\\\n\r\t\u0000\u001f\u007f\u0085\u2028\u2029é😀"}"#,
        r#"{"int32":-2147483648,"int64":2147483648,"small64":{"$numberLong":"5"}}"#,
        r#"{"whole":1.0,"zero":-0.0,"large":1e300,"small":5e-324,"sum":0.30000000000000004}"#,
        r#"{"nan":{"$numberDouble":"NaN"},"inf":{"$numberDouble":"-Infinity"}}"#,
        r#"{"x86":{"$numberDouble":"NaN(0xfff8000000000000)"}}"#,
        r#"{"decimal":{"$numberDecimal":"1.50E+3"},"nan":{"$numberDecimal":"NaN"}}"#,
        r#"{"date":{"$date":"2026-11-22T07:32:49.120Z"},"first":{"$date":"1970-01-01T00:00:00.000Z"}}"#,
        r#"{"before":{"$date":{"$numberLong":"-1"}},"after":{"$date":{"$numberLong":"253402300800000"}}}"#,
        r#"{"last":{"$date":"9999-12-31T23:59:59.999Z"}}"#,
        r#"{"_id":{"$oid":"0123456789abcdef01234567"}}"#,
        r#"{"b":{"$binary":{"base64":"AAEC","subType":"00"}},"old":{"$binary":{"base64":"AA==","subType":"02"}}}"#,
        r#"{"own":{"$binary":{"base64":"","subType":"80"}}}"#,
        r#"{"regex":{"$regularExpression":{"pattern":"^\"a","options":"ix"}}}"#,
        r#"{"stamp":{"$timestamp":{"t":4294967295,"i":1}}}"#,
        r#"{"code":{"$code":"f()"},"scoped":{"$code":"f(x)","$scope":{"x":{"$numberLong":"1"}}}}"#,
        r#"{"scope":{"$code":"f(x)","$scope":{"$literal":{"$oid":1}}}}"#,
        r#"{"symbol":{"$symbol":"s"},"pointer":{"$dbPointer":{"$ref":"db.c","$id":{"$oid":"0123456789abcdef01234567"}}}}"#,
        r#"{"a":{"$undefined":true},"b":{"$minKey":1},"c":{"$maxKey":1},"d":null,"e":true}"#,
        r#"{"nested":{"empty":{},"none":[],"list":[1,[2.5],{"":""}]},"again":1,"again":2}"#,
        r#"{"like":{"$literal":{"$oid":"x"}},"deep":[{"$literal":{"$literal":{"$literal":{"$date":1}}}}]}"#,
        r#"{"$literal":{"$date":{"$literal":{"$oid":1}}}}"#,
        r#"{"reference":{"$ref":"c","$id":1},"query":{"$gt":1},"regex":{"$literal":{"$regex":"a","x":1}}}"#,
    ] {
        let record = json::parse(text).unwrap_or_else(|error| panic!("{error} in {text}"));
        assert_eq!(written(&record), text);
    }
}

#[test]
fn other_spellings_are_read() {
    for (text, ours) in [
        (r#"{"a":{"$date":1234}}"#, r#"{"a":{"$date":"1970-01-01T00:00:01.234Z"}}"#),
        (
            r#"{"a":{"$date":{"$numberLong":"1234"}}}"#,
            r#"{"a":{"$date":"1970-01-01T00:00:01.234Z"}}"#,
        ),
        (
            r#"{"a":{"$date":"1970-01-01T01:00:01.2+0100"}}"#,
            r#"{"a":{"$date":"1970-01-01T00:00:01.200Z"}}"#,
        ),
        (
            r#"{"a":{"$date":"1970-01-01T00:00:01Z"}}"#,
            r#"{"a":{"$date":"1970-01-01T00:00:01.000Z"}}"#,
        ),
        (
            r#"{"a":{"$binary":"AA==","$type":"05"}}"#,
            r#"{"a":{"$binary":{"base64":"AA==","subType":"05"}}}"#,
        ),
        (
            r#"{"a":{"$binary":{"subType":"5","base64":"AA=="}}}"#,
            r#"{"a":{"$binary":{"base64":"AA==","subType":"05"}}}"#,
        ),
        (
            r#"{"a":{"$regex":"x","$options":"i"}}"#,
            r#"{"a":{"$regularExpression":{"pattern":"x","options":"i"}}}"#,
        ),
        (r#"{"a":{"$regex":"x"}}"#, r#"{"a":{"$literal":{"$regex":"x"}}}"#),
        (r#"{"a":{"$numberInt":"1"},"b":{"$numberDouble":"1"}}"#, r#"{"a":1,"b":1.0}"#),
        (r#"{"a":{"$numberLong":5}}"#, r#"{"a":{"$numberLong":"5"}}"#),
        (r#"{"a":{"$timestamp":{"i":2,"t":1}}}"#, r#"{"a":{"$timestamp":{"t":1,"i":2}}}"#),
        (
            r#"{"a":{"$uuid":"00010203-0405-0607-0809-0a0b0c0d0e0f"}}"#,
            r#"{"a":{"$binary":{"base64":"AAECAwQFBgcICQoLDA0ODw==","subType":"04"}}}"#,
        ),
        (r#" { "a" : 18446744073709551615 } "#, r#"{"a":1.8446744073709552e19}"#),
        ("{\"a\\u0000b\":1}", "{\"a\u{FFFD}b\":1}"),
    ] {
        let record = json::parse(text).unwrap_or_else(|error| panic!("{error} in {text}"));
        assert_eq!(written(&record), ours);
    }
}

#[test]
fn an_error_says_where_and_why() {
    for (text, line, column, reason) in [
        ("", 1, 1, "EOF"),
        ("{\"a\":1,\n\"b\":}", 2, 5, "expected value"),
        ("[1]", 1, 1, "expected a document"),
        (r#"{"$oid":"0123456789abcdef01234567"}"#, 1, 1, "expected a document"),
        (r#"{"a":{"$oid":"12"}}"#, 1, 18, "$oid needs 24 hexadecimal digits"),
        (r#"{"a":{"$oid":"0123456789abcdef01234567","b":1}}"#, 1, 46, "$oid needs"),
        (r#"{"a":{"$date":"yesterday"}}"#, 1, 26, "2026-11-22T07:32:49.123Z"),
        (r#"{"a":{"$numberInt":"2147483648"}}"#, 1, 32, "within the type's range"),
        (r#"{"a":{"$timestamp":{"t":-1,"i":0}}}"#, 1, 34, "4294967295"),
        (r#"{"a":{"$undefined":false}}"#, 1, 25, "{\"$literal\": …}"),
        (r#"{"a":1} x"#, 1, 9, "trailing"),
        (r#"{"a":1e999}"#, 1, 10, "out of range"),
    ] {
        let error = json::parse(text).unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
        assert!(error.reason.contains(reason), "{text}: {error}");
        assert!(!error.reason.contains(" at line "), "{error}");
    }
}

#[test]
fn depth_and_size_have_limits() {
    let nested = |depth: usize| format!("{}{}", r#"{"a":"#.repeat(depth) + "1", "}".repeat(depth));
    check_round_trip(&json::parse(&nested(MAX_DOCUMENT_DEPTH)).unwrap());
    let too_deep = json::parse(&nested(MAX_DOCUMENT_DEPTH + 1)).unwrap_err();
    assert!(too_deep.reason.contains("deeper than 100 levels"), "{too_deep}");

    let literals = |depth: usize| {
        let open = r#"{"$literal":{"$date":"#.repeat(depth);
        format!("{open}{{\"$date\":{{\"$numberLong\":\"-5\"}}}}{}", "}}".repeat(depth))
    };
    check_round_trip(&json::parse(&literals(MAX_DOCUMENT_DEPTH)).unwrap());
    assert!(json::parse(&literals(MAX_DOCUMENT_DEPTH + 1)).is_err());

    for endless in ["[", r#"{"$date":"#, r#"{"$literal":"#] {
        assert!(json::parse(&endless.repeat(100_000)).is_err());
    }
    let too_large = format!(r#"{{"a":"{}"}}"#, "x".repeat(MAX_DOCUMENT_BYTES));
    assert!(json::parse(&too_large).unwrap_err().reason.contains("16777216 bytes"));
}

#[test]
fn only_the_collection_behind_the_id_is_the_exports() {
    for (line, collection, rest) in [
        (r#"{"_id":1,"_collection":"c","a":2}"#, Some("c"), r#"{"_id":1,"a":2}"#),
        (r#"{"_id":1,"a":2,"_collection":"c"}"#, None, r#"{"_id":1,"a":2,"_collection":"c"}"#),
        (r#"{"_collection":"c","a":2}"#, None, r#"{"_collection":"c","a":2}"#),
        (r#"{"_id":1,"_collection":5}"#, None, r#"{"_id":1,"_collection":5}"#),
        (r#"{"a":{"_id":1,"_collection":"c"}}"#, None, r#"{"a":{"_id":1,"_collection":"c"}}"#),
    ] {
        let (found, record) = json::parse_export(line).unwrap();
        assert_eq!((found.as_deref(), written(&record).as_str()), (collection, rest));
    }
    let mut line = String::new();
    json::write_with(record(&[(0x10, "a", &[1, 0, 0, 0])]).as_document(), "c", &mut line);
    assert_eq!(line, r#"{"a":1}"#, "without an _id there is nothing to import by");
}

#[test]
fn a_single_value_has_its_text() {
    let record = record(&[(0x12, "a", &5_i64.to_le_bytes()), (0x08, "b", &[1])]);
    let mut text = String::new();
    for (_, value) in record.as_document().iter().map(Result::unwrap) {
        json::write_value(value, &mut text);
    }
    assert_eq!(text, r#"{"$numberLong":"5"}true"#);
}

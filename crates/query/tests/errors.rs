//! What is wrong with a query, beside what `QUERY.md` shows: every error at once, each at its column.

#![expect(clippy::panic, reason = "a failure is the test's")]

use woodpile_query::parse;

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let Err(errors) = parse(text) else { panic!("{text} is a query") };
    let found: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(found, expected, "{text}");
}

const EMPTY: &str = "nothing lies in this range; expected the lesser value first";

#[test]
fn everything_is_told_at_once() {
    check(
        "Ünder (status:[9 TO 1] level:>x | foo | limit 0 | sort",
        &[
            "column 7: this ( is never closed; expected )",
            &format!("column 15: {EMPTY}"),
            "column 31: x is no level; expected trace, debug, info, notice, warn, error, critical, alert or emergency",
            "column 35: there is no pipe foo; expected one of stats, timechart, top, sort, limit, fields, uniq, patterns, dedup",
            "column 47: expected a number from 1 to 1000000, found 0",
            "column 55: expected the name of a column, found the end",
        ],
    );
}

#[test]
fn ranges_that_nothing_lies_in_are_told() {
    for range in [
        "{5 TO 5}",
        "[5 TO 5}",
        "[b TO A]",
        "[1s TO 5ms]",
        "[2KB TO 1999]",
        "[10.0.0.9 TO 10.0.0.1]",
    ] {
        check(&format!("a:{range}"), &[&format!("column 3: {EMPTY}")]);
    }
    check("level:[error TO warn]", &[&format!("column 7: {EMPTY}")]);
    for range in [
        "[now TO -1h]",
        "[-1h TO -2h]",
        "[today TO yesterday]",
        "[2026-11-22 TO 2026-11-21]",
        "{today TO today]",
    ] {
        check(&format!("time:{range}"), &[&format!("column 6: {EMPTY}")]);
    }
    for fine in [
        "time:[2026-11-22T10:00 TO 2026-11-22]",
        "time:[2026-11-22 TO now]",
        "a:[0 TO 250ms]",
        "a:[5 TO 5]",
    ] {
        assert!(parse(fine).is_ok(), "{fine}");
    }
}

#[test]
fn bounds_of_two_kinds_are_told() {
    for (from, to) in [("1", "abc"), ("1KB", "1s"), ("10.0.0.1", "::1"), ("now", "5")] {
        let expected = format!(
            "column 3: {from} and {to} cannot be compared; expected two values of one kind"
        );
        check(&format!("a:[{from} TO {to}]"), &[&expected]);
    }
}

#[test]
fn what_clings_to_quotes_and_brackets_is_told() {
    check("\"a b\"~2", &["column 6: expected a blank after what is closed, found ~2"]);
    check("a:\"b\"c d", &["column 6: expected a blank after what is closed, found c"]);
    check("a:[1 TO 2]3", &["column 11: expected a blank after what is closed, found 3"]);
}

#[test]
fn what_is_empty_is_told() {
    check("\"\"", &["column 1: there is nothing in these quotes"]);
    check("@''", &["column 2: there is nothing in these quotes"]);
    check("a ( ) b", &["column 3: there is nothing in these parentheses"]);
    check("a:()", &["column 3: there is nothing in these parentheses"]);
    check(
        "*:",
        &["column 1: expected a value right behind *:; the text itself is found in quotes, \"*:\""],
    );
    check("a:[", &["column 3: this [ is never closed; expected ] or }"]);
    check("a:[1 TO ]", &["column 9: expected a value or *, as in [1 TO 5], found ]"]);
}

#[test]
fn some_fields_take_only_their_own_values() {
    check(
        "collection:/x/",
        &["column 12: expected the name of a collection, such as access-log or *-log"],
    );
    let time = "is no time; expected such as -1h, now-15m, today, yesterday, friday, 2026-11-22, \
                \"2026-11-22 07:30\" or 2026-11-22T07:30:00Z";
    check("time:2026-*", &[&format!("column 6: a text with wildcards {time}")]);
    check("time:/x/", &[&format!("column 6: a regular expression {time}")]);
    check("time:>=2026-13-01", &[&format!("column 8: 2026-13-01 {time}")]);
}

#[test]
fn pipes_say_what_they_expect() {
    let pipes =
        "expected a pipe: stats, timechart, top, sort, limit, fields, uniq, patterns, dedup";
    check("a |", &[&format!("column 4: {pipes}, found the end")]);
    check("a || b | | top c", &[&format!("column 10: {pipes}, found |")]);
    check("* | stats sum()", &["column 11: expected a field in sum(…), found none"]);
    check("* | stats count(a", &["column 16: this ( is never closed; expected )"]);
    check("* | stats count(a b)", &["column 19: expected ), found b"]);
    check(
        "* | stats p101(a)",
        &[
            "column 11: there is no function p101; expected one of count, sum, avg, min, max, uniq, median, p50, p90, \
           p95, p99, p99.9",
        ],
    );
    check("* | limit 5 6", &["column 13: expected | and another pipe, found 6"]);
    check("* | top a b", &["column 11: expected a comma, or | and another pipe, found b"]);
    check(
        "* | fields a | patterns",
        &[
            "column 16: patterns works on records; expected it before the pipes that make other rows of them",
        ],
    );
    check(
        "* | stats count() by a, a",
        &["column 5: two columns are called a; expected another name for one, by `as NAME`"],
    );
    check(
        "* | stats count() by time(x)",
        &["column 27: expected a length of time such as 30s, 5m, 1h, 1d, 1w or 1mo, found x"],
    );
    check(
        "* | top a | stats sum(b)",
        &["column 23: there is no column b here; expected one of a, count()"],
    );
}

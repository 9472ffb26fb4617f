//! Rules as users write them.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use woodpile_rules::{REFERENCE, Rule, RuleError};

/// What is read prints like this, and is read as the same again.
#[track_caller]
fn check(text: &str, printed: &str) {
    let rule = Rule::parse(text).unwrap();
    assert_eq!(rule.to_string(), printed);
    assert_eq!(Rule::parse(printed).unwrap(), rule);
}

#[test]
fn rules_print_as_they_are_read() {
    check("drop path:/health*", "drop path:\\/health*");
    check("  drop   level:debug   -shop ", "drop level:debug -shop");
    check("mask user.email", "mask user.email");
    check("mask user.email,ip", "mask user.email, ip");
    check("mask \"my field\"", "mask \"my field\"");
    check("mask /password=(\\S+)/", "mask /password=(\\S+)/");
    check("mask /a b: c/i", "mask /a b: c/i");
    check("keep level:debug for 7d", "keep level:debug for 1w");
    check("keep * for 30d", "keep * for 30d");
    check("keep waiting for godot for 2 records", "keep waiting for godot for 2 records");
    check("keep collection:access-log for 200MB", "keep collection:access-log for 200MB");
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let error = Rule::parse(text).unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn what_is_no_rule_is_said_with_its_place() {
    refused("forget me", "\"forget\" is no rule: expected drop, mask or keep");
    refused(
        "drop",
        "which records? expected a query after drop, such as level:debug, or \"*\" for all",
    );
    refused("drop status:>", "column 9: expected a value after >, found the end");
    refused("drop (a", "column 1: this ( is never closed; expected )");
    refused(
        "drop debug | top path",
        "a rule has no pipes: expected the query to end before | top path",
    );
    refused(
        "keep * for",
        "\"\" is no limit: expected a time such as 12h, 30d, 6mo or 1y, a number of records such as 100000 records, or a size such as 200MB",
    );
    refused(
        "mask /(/",
        "cannot mask \"/(/\": this is no regular expression: unclosed group; expected fields, such as \
         user.email, or /a regular expression/",
    );
    refused(
        "mask a:b",
        "cannot mask \"a:b\": a:b is no field; expected fields, such as user.email, or /a regular expression/",
    );
    refused("mask _id", "_id cannot be masked: no record is without it");
    for fixed in ["time", "timestamp", "level", "severity"] {
        assert_eq!(Rule::parse(&format!("mask {fixed}")), Err(RuleError::Fixed(fixed.to_owned())));
    }
}

#[test]
fn a_limit_is_needed() {
    for text in ["keep", "keep *", "keep forty", "keep level:debug"] {
        assert_eq!(Rule::parse(text), Err(RuleError::NoLimit), "{text}");
    }
    assert_eq!(Rule::parse("keep for 7d"), Err(RuleError::NoQuery("keep")));
}

#[test]
fn a_rule_means_the_same_whenever_it_is_read() {
    for query in ["time:-1h", "time:>=today", "a OR -(b time:[yesterday TO *])", "expires:<now"] {
        let rule = Rule::parse(&format!("drop {query}"));
        assert_eq!(rule, Err(RuleError::Relative), "{query}");
    }
    assert!(Rule::parse("drop time:<2026-11-22 uptime:>1h").is_ok());
}

#[test]
fn every_example_of_the_reference_is_a_rule() {
    let examples = REFERENCE.lines().filter_map(|line| line.strip_prefix("woodpile rule add "));
    let mut count = 0;
    for example in examples.filter(|example| !example.contains("--collection")) {
        let rule = example.split("  #").next().unwrap().replace('\'', "");
        Rule::parse(rule.trim()).unwrap_or_else(|error| panic!("{rule}: {error}"));
        count += 1;
    }
    assert!(count >= 7, "{count}");
}

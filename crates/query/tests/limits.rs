//! What is too much is an error, and nothing takes long.

#![expect(clippy::expect_used, reason = "a failure is the test's")]

use woodpile_query::limits::{
    MAX_DEPTH, MAX_ERRORS, MAX_LIST, MAX_PIPES, MAX_QUERY_BYTES, MAX_REGEXES, MAX_TERMS,
    MAX_WILDCARDS,
};
use woodpile_query::parse;

#[track_caller]
fn check(text: &str, expected: &str) {
    let errors = parse(text).map(|query| query.to_string()).expect_err("too much").to_string();
    assert_eq!(errors.lines().next(), Some(expected));
}

#[track_caller]
fn fits(text: &str) {
    if let Err(errors) = parse(text) {
        assert_eq!(errors.to_string(), "", "it is not too much");
    }
}

fn nested(depth: usize) -> String {
    format!("{}a{}", "(".repeat(depth), ")".repeat(depth))
}

#[test]
fn a_text_can_be_too_long() {
    fits(&"a".repeat(MAX_QUERY_BYTES));
    check(
        &"a".repeat(MAX_QUERY_BYTES + 1),
        "column 65537: the query has 65537 bytes; expected at most 65536",
    );
}

#[test]
fn parentheses_can_nest_too_deep() {
    fits(&nested(MAX_DEPTH));
    check(&nested(MAX_DEPTH + 1), "column 51: parentheses nest deeper than 50 here");
    check(&"(".repeat(60_000), "column 51: parentheses nest deeper than 50 here");
    check(&"-a:(".repeat(10_000), "column 204: parentheses nest deeper than 50 here");
}

#[test]
fn terms_pipes_and_names_can_be_too_many() {
    fits(&"a:1 ".repeat(MAX_TERMS));
    check(&"a:1 ".repeat(MAX_TERMS + 1), "column 4003: there are more than 1000 terms");
    check(
        &format!("a:({})", "1 ".repeat(MAX_TERMS + 1)),
        "column 2004: there are more than 1000 terms",
    );
    fits(&format!("a{}", "| limit 5".repeat(MAX_PIPES)));
    check(
        &format!("a{}", "| limit 5".repeat(MAX_PIPES + 1)),
        "column 191: there are more than 20 pipes",
    );
    let names: Vec<String> = (0..=MAX_LIST).map(|number| format!("f{number}")).collect();
    fits(&format!("* | uniq {}", names[1..].join(",")));
    check(&format!("* | uniq {}", names.join(",")), "column 200: there are more than 50 columns");
    fits(&"a*".repeat(MAX_WILDCARDS));
    check(
        &"a*".repeat(MAX_WILDCARDS + 1),
        "column 1: there are more than 32 wildcards in one word",
    );
    fits(&"a:/b/ ".repeat(MAX_REGEXES));
    check(
        &"a:/b/ ".repeat(MAX_REGEXES + 1),
        "column 123: there are more than 20 regular expressions",
    );
}

#[test]
fn expressions_can_be_too_large() {
    check(
        "a:/x{1000}{1000}/",
        "column 3: this regular expression takes more than 1048576 bytes; expected fewer repetitions",
    );
    let deep = format!("a:/{}x{}/", "(".repeat(60), ")".repeat(60));
    let errors = parse(&deep).expect_err("too deep").to_string();
    assert!(
        errors.contains("this is no regular expression: exceed the maximum number of nested"),
        "{errors}"
    );
}

/// Each would take minutes, or more stack than there is, if it were read carelessly.
#[test]
fn texts_of_nothing_but_signs_are_answered() {
    let signs = [
        "(",
        ")",
        "[",
        "a:[",
        "\"",
        "' '",
        "-",
        "NOT ",
        "!",
        "/",
        "a:/",
        "/ ",
        "\\",
        "*",
        "?",
        "@",
        "a:",
        "a:(",
        "a:>",
        "|",
        "| ",
        "AND ",
        "OR ",
        "a:[1 TO ",
        "(-",
        "\u{301}",
        "|stats sum(",
        "|sort -,",
        "a:/(/ ",
        "é) ",
    ];
    for sign in signs {
        let text = sign.repeat(MAX_QUERY_BYTES / 2 / sign.len());
        match parse(&text) {
            Ok(query) => assert!(parse(&query.to_string()).as_ref() == Ok(&query), "{sign}"),
            Err(errors) => assert!((1..=MAX_ERRORS).contains(&errors.iter().count()), "{sign}"),
        }
    }
}

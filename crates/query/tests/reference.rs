//! `QUERY.md` is true: what it shows as a query is one, and what it shows as an error is told so, at that column.

#![expect(clippy::unwrap_used, reason = "a failure is the test's")]

use woodpile_query::{REFERENCE, limits, parse};

/// The blocks of the reference that are marked so, each as its lines.
fn blocks(mark: &str) -> Vec<Vec<&'static str>> {
    let fence = format!("```{mark}\n");
    let blocks = REFERENCE.split(&fence).skip(1);
    blocks.map(|block| block.split("```").next().unwrap().lines().collect()).collect()
}

#[test]
fn every_query_is_one() {
    let queries: Vec<&str> = blocks("query").concat();
    assert!(queries.len() > 50, "the examples are found");
    for line in queries {
        let query = line.split(" # ").next().unwrap().trim_end();
        let read = parse(query).unwrap_or_else(|errors| panic!("{query}\n{errors}"));
        assert_eq!(parse(&read.to_string()), Ok(read), "{query}");
    }
}

#[test]
fn every_error_is_told_as_shown() {
    let examples = blocks("error");
    assert!(examples.len() > 20, "the examples are found");
    for example in examples {
        let (query, shown) = example.split_first().unwrap();
        let errors = parse(query).expect_err(query).to_string();
        assert_eq!(errors, shown.join("\n"), "{query}");
    }
}

#[test]
fn the_limits_are_those_of_the_code() {
    let shown = REFERENCE.split("## How much a query may be").nth(1).unwrap();
    for limit in [
        format!("{} KiB of text", limits::MAX_QUERY_BYTES / 1024),
        "1,000 terms".to_owned(),
        format!("{} parentheses", limits::MAX_DEPTH),
        format!("{} pipes", limits::MAX_PIPES),
        format!("{} names", limits::MAX_LIST),
        format!("{} wildcards", limits::MAX_WILDCARDS),
        format!("{}\nregular", limits::MAX_REGEXES),
        format!("{} MiB for each", limits::MAX_REGEX_BYTES / 1024 / 1024),
    ] {
        assert!(shown.contains(&limit), "{limit}");
    }
    assert_eq!(limits::MAX_TERMS, 1_000);
}

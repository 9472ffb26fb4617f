//! Any text is a query, which prints as one that means the same, or errors that lie within it: never a panic, a hang, or
//! memory beyond the limits.
//!
//! `cargo +nightly fuzz run query_parse fuzz/corpus/query_parse -- -dict=fuzz/query.dict`
#![no_main]

use libfuzzer_sys::fuzz_target;
use woodpile_query::limits::MAX_QUERY_BYTES;
use woodpile_query::parse;

fuzz_target!(|text: &str| match parse(text) {
    Ok(query) => {
        let printed = query.to_string();
        // Escapes may make it longer than a query may be.
        if printed.len() <= MAX_QUERY_BYTES {
            let read = parse(&printed);
            assert_eq!(read.as_ref(), Ok(&query), "{printed}");
            assert_eq!(read.map(|query| query.to_string()), Ok(printed));
        }
    }
    Err(errors) => {
        for error in &errors {
            assert!(text.get(error.span.start..error.span.end).is_some(), "{error}");
        }
    }
});

//! Printing and parsing are inverses, and no text is too odd to be answered.

#![expect(clippy::unwrap_used, reason = "a failure is the test's")]

use proptest::prelude::*;
use std::ops::Bound;
use woodpile_query::{
    Aggregation, Field, Filter, Function, Group, Interval, Kind, Literal, Part, Pattern,
    Percentile, Pipe, Query, Range, Regex, SortKey, Stats, Test, Text, Timechart, Top, Value,
    parse,
};

/// Texts with much that means something to the language. Boxed, as what is made of them: unboxed, a whole query's
/// strategy is more than a test's stack holds.
fn text() -> BoxedStrategy<String> {
    prop_oneof![
        "[a-z]{1,5}",
        "[ a-zA-Z0-9\\\\/:\"'()|*?@!<>=\\[\\]{}&,.-]{1,8}",
        "/[a-z/]{0,4}",
        "\\PC{1,4}",
        prop_oneof![Just("TO"), Just("AND"), Just("OR"), Just("NOT")].prop_map(str::to_owned),
        Just("a::b".to_owned()),
        Just("http://x".to_owned()),
    ]
    .boxed()
}

fn pattern() -> BoxedStrategy<Pattern> {
    let part = prop_oneof![text().prop_map(Part::Text), Just(Part::Any), Just(Part::One)];
    let parts = proptest::collection::vec(part, 1..4).prop_map(Pattern::new);
    parts
        .prop_filter("a pattern has a wildcard, and is not every text", |pattern| {
            pattern.wildcards() > 0 && pattern.parts() != [Part::Any]
        })
        .boxed()
}

fn regex() -> BoxedStrategy<Regex> {
    let pattern = prop_oneof![
        "[a-z/: ]{0,5}",
        Just("user \\d+/ ".to_owned()),
        Just("^/api/(a|b)[/]$".to_owned()),
        Just("\\:".to_owned()),
    ];
    (pattern, any::<bool>())
        .prop_filter_map("is an expression", |(pattern, ignore)| Regex::new(&pattern, ignore))
        .boxed()
}

/// Names of fields that are not special.
fn field() -> BoxedStrategy<Field> {
    let name = prop_oneof!["[a-z]{1,4}(\\.[a-z]{1,3})?", text()];
    let name = name.prop_filter("is special", |name| {
        let field = Field::new(name.as_str());
        let special = field.is_time() || field.is_level() || field.is_prose();
        !special && name != "collection" && name != "_collection"
    });
    name.prop_map(Field::new).boxed()
}

fn prose() -> impl Strategy<Value = Field> {
    prop_oneof![Just("message"), Just("exception.message")].prop_map(Field::new)
}

/// A literal that can be a bound.
fn bound(kind: Kind) -> BoxedStrategy<Literal> {
    let texts = match kind {
        Kind::Level => prop_oneof!["warn", "INFO2", "e"].boxed(),
        Kind::Time => prop_oneof!["now", "-1h", "2026-11-22 07:30", "yesterday"].boxed(),
        _ => prop_oneof![
            any::<i32>().prop_map(|number| number.to_string()),
            "[1-9]{1,2}(ms|KB|s)",
            Just("10.0.0.1".to_owned()),
            text(),
        ]
        .boxed(),
    };
    let literals = texts.prop_map(move |text| Literal::new(text, kind));
    let ordered = literals.prop_filter("has no order", |literal| {
        !matches!(literal.value(), Value::Null | Value::Bool(_) | Value::Network(_))
    });
    ordered.boxed()
}

/// Ranges of which one end, or both at the same value, is given.
fn range(kind: Kind) -> impl Strategy<Value = Range> {
    (bound(kind), 0..5).prop_map(|(literal, shape)| match shape {
        0 => Range { from: Bound::Included(literal), to: Bound::Unbounded },
        1 => Range { from: Bound::Excluded(literal), to: Bound::Unbounded },
        2 => Range { from: Bound::Unbounded, to: Bound::Included(literal) },
        3 => Range { from: Bound::Unbounded, to: Bound::Excluded(literal) },
        _ => Range { from: Bound::Included(literal.clone()), to: Bound::Included(literal) },
    })
}

fn test() -> BoxedStrategy<Test> {
    prop_oneof![
        Just(Test::Exists),
        prop_oneof![Just(String::new()), text()]
            .prop_map(|text| Test::Is(Literal::new(text, Kind::Value))),
        range(Kind::Bound).prop_map(Test::Range),
        pattern().prop_map(Test::Like),
        regex().prop_map(Test::Regex),
    ]
    .boxed()
}

fn test_of_prose() -> BoxedStrategy<Test> {
    let texts = prop_oneof![
        text().prop_map(Text::Word),
        text().prop_map(Text::Phrase),
        pattern().prop_map(Text::Pattern),
    ];
    prop_oneof![
        test().prop_filter("is no pattern", |test| !matches!(test, Test::Like(_))),
        texts.prop_map(Test::Has)
    ]
    .boxed()
}

fn level() -> BoxedStrategy<Test> {
    prop_oneof![
        range(Kind::Level).prop_map(Test::Range),
        text().prop_map(|text| Test::Is(Literal::new(text, Kind::Level))),
        pattern().prop_map(Test::Like),
    ]
    .boxed()
}

fn term() -> BoxedStrategy<Filter> {
    let name = || prop_oneof![text().prop_map(Pattern::exactly), pattern()];
    prop_oneof![
        text().prop_map(|word| Filter::Text(Text::Word(word))),
        text().prop_map(|phrase| Filter::Text(Text::Phrase(phrase))),
        pattern().prop_map(|pattern| Filter::Text(Text::Pattern(pattern))),
        regex().prop_map(|regex| Filter::Text(Text::Regex(regex))),
        name().prop_map(Filter::Source),
        name().prop_map(Filter::Collection),
        range(Kind::Time).prop_map(Filter::Time),
        (field(), test()).prop_map(|(field, test)| Filter::Field(field, test)),
        (prose(), test_of_prose()).prop_map(|(field, test)| Filter::Field(field, test)),
        level().prop_map(|test| Filter::Field(Field::new("level"), test)),
    ]
    .boxed()
}

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![1 => Just(Filter::All), 20 => term()];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let parts = proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            parts.clone().prop_map(Filter::and),
            parts.prop_map(Filter::or),
            inner.prop_map(Filter::not),
        ]
    })
}

fn aggregation() -> impl Strategy<Value = Aggregation> {
    let function = prop_oneof![
        Just(Function::Sum),
        Just(Function::Uniq),
        (0..=10_000_u16)
            .prop_map(|p| Function::Percentile(Percentile::from_hundredths(p).unwrap())),
    ];
    let alias = || proptest::option::of(text());
    prop_oneof![
        alias().prop_map(|alias| Aggregation { alias, ..Aggregation::count() }),
        (function, field(), alias()).prop_map(|(function, field, alias)| Aggregation {
            function,
            field: Some(field),
            alias
        }),
    ]
}

/// A pipe of records.
fn pipe() -> impl Strategy<Value = Pipe> {
    let column = || prop_oneof![field(), Just(Field::new("count()")), Just(Field::new("time"))];
    let columns = move || proptest::collection::vec(column(), 1..3);
    let interval = || "[1-9]{1,3}(s|m|h|d|w|mo)".prop_map(|text| Interval::parse(&text).unwrap());
    let group = prop_oneof![column().prop_map(Group::Field), interval().prop_map(Group::Time)];
    let stats =
        (proptest::collection::vec(aggregation(), 1..3), proptest::collection::vec(group, 0..3));
    let chart = (interval(), proptest::collection::vec(aggregation(), 1..3), columns());
    prop_oneof![
        stats.prop_map(|(aggregations, by)| Pipe::Stats(Stats { aggregations, by })),
        chart.prop_map(|(interval, aggregations, by)| {
            Pipe::Timechart(Timechart { interval, aggregations, by })
        }),
        (1..100_u64, columns()).prop_map(|(limit, columns)| Pipe::Top(Top { limit, columns })),
        proptest::collection::vec((column(), any::<bool>()), 1..3).prop_map(|keys| {
            Pipe::Sort(
                keys.into_iter()
                    .map(|(column, descending)| SortKey { column, descending })
                    .collect(),
            )
        }),
        (1..1_000_u64).prop_map(Pipe::Limit),
        columns().prop_map(Pipe::Fields),
        columns().prop_map(Pipe::Uniq),
        columns().prop_map(Pipe::Dedup),
        Just(Pipe::Patterns),
    ]
}

/// Whether all columns have names of their own.
fn is_distinct(pipe: &Pipe) -> bool {
    let Some(mut names) = pipe.columns(None) else { return true };
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    names.len() == all
}

fn query() -> impl Strategy<Value = Query> {
    let pipes = proptest::collection::vec(pipe().prop_filter("columns differ", is_distinct), 0..2);
    (filter(), pipes).prop_map(|(filter, pipes)| Query { filter, pipes })
}

/// Texts that are nearly queries.
fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop_oneof![
        "[ a-z]{1,4}",
        "\\PC{0,3}",
        prop_oneof![
            "\"",
            "'",
            "\\(",
            "\\)",
            " AND ",
            " OR ",
            " NOT ",
            "-",
            "a:",
            "status:>",
            "\\[1 TO",
            "5\\]",
            "\\{",
            "/",
            "\\\\",
            "\\*",
            "\\?",
            "@",
            "time:",
            "level:",
            "message:",
            " \\| ",
            "stats ",
            "count\\(\\)",
            " by ",
            "time\\(1h\\)",
            "timechart ",
            "1h ",
            "top ",
            "sort ",
            ", ",
            "limit 5",
            "collection:",
            "\\*:",
            "as "
        ],
    ];
    proptest::collection::vec(scrap, 0..12).prop_map(|scraps| scraps.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_is_read_as_the_same(query in query()) {
        let printed = query.to_string();
        let read = parse(&printed).map_err(|errors| TestCaseError::fail(format!("{printed}\n{errors}")))?;
        prop_assert_eq!(read, query, "{}", printed);
    }

    #[test]
    fn every_text_is_a_query_or_errors_within_it(text in scraps()) {
        match parse(&text) {
            Ok(query) => {
                let printed = query.to_string();
                let read = parse(&printed).map_err(|errors| TestCaseError::fail(format!("{text}\n{printed}\n{errors}")))?;
                prop_assert_eq!(&read, &query, "{} as {}", text, printed);
                prop_assert_eq!(read.to_string(), printed);
            }
            Err(errors) => {
                let columns = text.chars().count() + 1;
                prop_assert!(errors.iter().count() > 0);
                for error in &errors {
                    prop_assert!(text.get(error.span.start..error.span.end).is_some(), "{}", error);
                    prop_assert!((1..=columns).contains(&error.column), "{}", error);
                }
            }
        }
    }

    #[test]
    fn any_text_at_all_is_answered(text in "(?s).{0,200}") {
        drop(parse(&text));
    }
}

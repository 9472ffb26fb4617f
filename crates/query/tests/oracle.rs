//! Filters mean what their documentation says: random filters of random records, against a reading of it that is
//! as plain as can be.

#![expect(clippy::unwrap_used, reason = "a failure is the test's")]
#![expect(clippy::float_cmp, reason = "the numbers are small and exact")]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::ops::Bound;
use woodpile_query::{
    Field, Filter, Kind, Leaf, Literal, Matcher, Node, Number, Origin, Part, Pattern, Range, Regex,
    Test, Text, Value,
};
use woodpile_record::{Record, Value as Stored, Writer};

type Fields = Vec<(String, Stored<'static>)>;

fn record(fields: &Fields) -> Record {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes);
    for (name, value) in fields {
        writer.value(name, value);
    }
    writer.finish();
    Record::from_bytes(bytes).unwrap()
}

fn matcher(filter: &Filter) -> Matcher {
    let now = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    Matcher::new(filter, &now).unwrap()
}

fn plainly(filter: &Filter, fields: &Fields) -> bool {
    match filter {
        Filter::All => true,
        Filter::And(parts) => parts.iter().all(|part| plainly(part, fields)),
        Filter::Or(parts) => parts.iter().any(|part| plainly(part, fields)),
        Filter::Not(part) => !plainly(part, fields),
        Filter::Text(text) => {
            let mut texts = Vec::new();
            for (_, value) in fields {
                texts_in(value, &mut texts);
            }
            texts.iter().any(|found| is_within(text, found))
        }
        Filter::Field(field, test) => {
            let mut values = Vec::new();
            values_at(fields, &field.name, &mut values);
            match test {
                Test::Exists => !values.is_empty(),
                test => {
                    let mut inner = Vec::new();
                    for value in values {
                        scalars_in(value, &mut inner);
                    }
                    inner.iter().any(|value| passes(test, value))
                }
            }
        }
        Filter::Source(_) | Filter::Collection(_) | Filter::Time(_) => {
            unreachable!("none are made")
        }
    }
}

fn values_at<'a>(
    fields: &'a [(impl AsRef<str>, Stored<'static>)],
    path: &str,
    out: &mut Vec<&'a Stored<'static>>,
) {
    for (name, value) in fields {
        if name.as_ref() == path {
            out.push(value);
        } else if let Some(rest) =
            path.strip_prefix(name.as_ref()).and_then(|rest| rest.strip_prefix('.'))
        {
            below(value, rest, out);
        }
    }
}

fn below<'a>(value: &'a Stored<'static>, path: &str, out: &mut Vec<&'a Stored<'static>>) {
    match value {
        Stored::Document(fields) => values_at(fields, path, out),
        Stored::Array(values) => {
            let (index, rest) =
                path.split_once('.').map_or((path, None), |(i, rest)| (i, Some(rest)));
            let found = index.parse().ok().and_then(|index: usize| values.get(index));
            match (found, rest) {
                (Some(value), None) => out.push(value),
                (Some(value), Some(rest)) => below(value, rest, out),
                (None, _) => {}
            }
            for value in values {
                if let Stored::Document(fields) = value {
                    values_at(fields, path, out);
                }
            }
        }
        _ => {}
    }
}

fn scalars_in<'a>(value: &'a Stored<'static>, out: &mut Vec<&'a Stored<'static>>) {
    match value {
        Stored::Array(values) => values.iter().for_each(|value| scalars_in(value, out)),
        Stored::Document(fields) => fields.iter().for_each(|(_, value)| scalars_in(value, out)),
        value => out.push(value),
    }
}

fn texts_in(value: &Stored<'static>, out: &mut Vec<String>) {
    let mut scalars = Vec::new();
    scalars_in(value, &mut scalars);
    out.extend(scalars.into_iter().filter_map(text_of));
}

fn text_of(value: &Stored<'static>) -> Option<String> {
    match value {
        Stored::Text(text) => Some(text.to_string()),
        Stored::Int(number) => Some(number.to_string()),
        Stored::Float(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number_of(value: &Stored<'static>) -> Option<f64> {
    match value {
        Stored::Int(number) => Some(f64::from(i32::try_from(*number).unwrap())),
        Stored::Float(number) => Some(*number),
        Stored::Text(text) if !text.starts_with(char::is_alphabetic) => text.parse().ok(),
        _ => None,
    }
}

fn passes(test: &Test, value: &Stored<'static>) -> bool {
    match test {
        Test::Is(literal) => {
            let same_text = text_of(value).is_some_and(|text| fold(&text) == fold(literal.text()));
            same_text || is_same(literal.value(), value)
        }
        Test::Range(Range { from, to }) => {
            holds(from, value, |a, b| a > b, |a, b| a > b)
                && holds(to, value, |a, b| a < b, |a, b| a < b)
        }
        Test::Like(pattern) => {
            text_of(value).is_some_and(|text| is_like(pattern.parts(), &fold(&text), |_| true))
        }
        Test::Has(part) => text_of(value).is_some_and(|found| is_within(part, &found)),
        Test::Exists | Test::Regex(_) => unreachable!("none are made"),
    }
}

fn is_same(wanted: &Value, value: &Stored<'static>) -> bool {
    match wanted {
        Value::Null => *value == Stored::Null,
        Value::Bool(truth) => *value == Stored::Bool(*truth),
        Value::Number(number) => number_of(value) == Some(float(*number)),
        // `1B` is one byte.
        Value::Size(bytes) => number_of(value) == Some(*bytes),
        _ => false,
    }
}

fn float(number: Number) -> f64 {
    match number {
        Number::Int(number) => f64::from(i32::try_from(number).unwrap()),
        Number::Float(number) => number,
    }
}

fn holds(
    bound: &Bound<Literal>,
    value: &Stored<'static>,
    numbers: fn(f64, f64) -> bool,
    texts: fn(&[char], &[char]) -> bool,
) -> bool {
    let (literal, included) = match bound {
        Bound::Unbounded => return true,
        Bound::Included(literal) => (literal, true),
        Bound::Excluded(literal) => (literal, false),
    };
    match (literal.value(), value) {
        (Value::Number(wanted), value) => number_of(value).is_some_and(|number| {
            numbers(number, float(*wanted)) || (included && number == float(*wanted))
        }),
        (Value::Text, Stored::Text(text)) => {
            let (text, wanted) = (fold(text), fold(literal.text()));
            texts(&text, &wanted) || (included && text == wanted)
        }
        _ => false,
    }
}

fn fold(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a text is in another: any part of it is tried.
fn is_within(text: &Text, found: &str) -> bool {
    let found = fold(found);
    let parts =
        (0..=found.len()).flat_map(|start| (start..=found.len()).map(move |end| (start, end)));
    let mut parts = parts.filter(|(start, end)| {
        let part = &found[*start..*end];
        match text {
            Text::Word(word) | Text::Phrase(word) => part == fold(word),
            Text::Pattern(pattern) => is_like(pattern.parts(), part, |c| !c.is_whitespace()),
            Text::Regex(_) => unreachable!("none are made"),
        }
    });
    let (from_start, to_end) = match text {
        Text::Word(_) => (true, true),
        Text::Phrase(_) => (true, false),
        Text::Pattern(pattern) => (
            pattern.parts().first() != Some(&Part::Any),
            pattern.parts().last() != Some(&Part::Any),
        ),
        Text::Regex(_) => unreachable!("none are made"),
    };
    let is_border =
        |at: usize| at == 0 || at == found.len() || !(is_word(found[at - 1]) && is_word(found[at]));
    parts.any(|(start, end)| (!from_start || is_border(start)) && (!to_end || is_border(end)))
}

fn is_like(parts: &[Part], text: &[char], may_be: fn(char) -> bool) -> bool {
    match parts.split_first() {
        None => text.is_empty(),
        Some((Part::Text(own), rest)) => {
            text.strip_prefix(&*fold(own)).is_some_and(|text| is_like(rest, text, may_be))
        }
        Some((Part::One, rest)) => text
            .split_first()
            .is_some_and(|(first, text)| may_be(*first) && is_like(rest, text, may_be)),
        Some((Part::Any, rest)) => {
            is_like(rest, text, may_be)
                || text
                    .split_first()
                    .is_some_and(|(first, text)| may_be(*first) && is_like(parts, text, may_be))
        }
    }
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b", "a.b", "c", "0"]).prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[abAB1_ .é-]{0,8}", "[01]\\.?[05]?", "-?[0-9]{1,2}"]
}

fn scalar() -> impl Strategy<Value = Stored<'static>> {
    prop_oneof![
        3 => text().prop_map(Stored::from),
        2 => (-12_i64..12).prop_map(Stored::Int),
        1 => (-4_i32..4).prop_map(|quarters| Stored::Float(f64::from(quarters) / 4.0)),
        1 => any::<bool>().prop_map(Stored::Bool),
        1 => Just(Stored::Null),
    ]
}

fn value() -> impl Strategy<Value = Stored<'static>> {
    scalar().prop_recursive(3, 12, 3, |value| {
        prop_oneof![
            prop::collection::vec(value.clone(), 0..3).prop_map(Stored::Array),
            prop::collection::vec((name(), value), 0..3).prop_map(|fields| {
                Stored::Document(
                    fields.into_iter().map(|(name, value)| (name.into(), value)).collect(),
                )
            }),
        ]
    })
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let part = prop_oneof![
        3 => "[abAB1_ .é-]{1,2}".prop_map(Part::Text),
        2 => Just(Part::Any),
        1 => Just(Part::One),
    ];
    prop::collection::vec(part, 1..4).prop_map(Pattern::new)
}

fn within() -> impl Strategy<Value = Text> {
    prop_oneof![
        "[abAB1_.é-]{1,3}".prop_map(Text::Word),
        "[abAB1_ .é-]{1,3}".prop_map(Text::Phrase),
        pattern().prop_map(Text::Pattern),
    ]
}

fn regex() -> impl Strategy<Value = Text> {
    let piece =
        ["a", "B", "ab", "1", "_", "é", "\\b", "^", "$", " ?", "[ab]", "(?:b1)+", "(a|1)", "."];
    let pieces = prop::collection::vec(prop::sample::select(piece.to_vec()), 1..6);
    (pieces, any::<bool>()).prop_map(|(pieces, ignore_case)| {
        Text::Regex(Regex::new(&pieces.concat(), ignore_case).unwrap())
    })
}

fn bound() -> impl Strategy<Value = Bound<Literal>> {
    let literal =
        prop_oneof!["-?[0-9]{1,2}", "[ab]{1,2}"].prop_map(|text| Literal::new(text, Kind::Bound));
    prop_oneof![
        literal.clone().prop_map(Bound::Included),
        literal.prop_map(Bound::Excluded),
        Just(Bound::Unbounded),
    ]
}

fn test() -> impl Strategy<Value = Test> {
    prop_oneof![
        Just(Test::Exists),
        prop_oneof![text(), Just("true".to_owned()), Just("null".to_owned())]
            .prop_map(|text| Test::Is(Literal::new(text, Kind::Value))),
        (bound(), bound()).prop_map(|(from, to)| Test::Range(Range { from, to })),
        pattern().prop_map(Test::Like),
        within().prop_map(Test::Has),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let path = prop_oneof![name(), (name(), name()).prop_map(|(a, b)| format!("{a}.{b}"))];
    let leaf = prop_oneof![
        within().prop_map(Filter::Text),
        (path, test()).prop_map(|(path, test)| Filter::Field(Field::new(path), test)),
    ];
    leaf.prop_recursive(2, 6, 3, |part| {
        prop_oneof![
            prop::collection::vec(part.clone(), 2..3).prop_map(Filter::And),
            prop::collection::vec(part.clone(), 2..3).prop_map(Filter::Or),
            part.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn filters_mean_what_they_say(
        fields in prop::collection::vec((name(), value()), 0..4),
        filter in filter(),
    ) {
        let matcher = matcher(&filter);
        let record = record(&fields);
        let matches = matcher.matches(record.as_document(), Origin::default());
        prop_assert_eq!(matches, plainly(&filter, &fields), "{:?}", filter);
    }

    #[test]
    fn what_a_leaf_needs_is_in_every_text_that_it_is_in(
        wanted in prop_oneof![within(), regex()],
        found in "[abAB1_ .é-]{0,12}",
    ) {
        let matcher = matcher(&Filter::Text(wanted));
        let Node::Leaf(Leaf::Text(leaf)) = matcher.root() else { return Err(TestCaseError::reject("no leaf")) };
        if !leaf.matches(&found) {
            return Ok(());
        }
        let lower = found.to_ascii_lowercase();
        let words: Vec<&str> = lower.split(|c| !is_word(c)).collect();
        for needed in leaf.needs() {
            prop_assert!(lower.contains(&needed.lower), "{needed:?}");
            for token in needed.tokens() {
                prop_assert!(words.contains(&token), "{token} of {needed:?}");
            }
        }
    }
}

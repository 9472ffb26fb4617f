use super::by_value::ByValue;
use super::field_test::{FieldTest, Same};
use super::leaf::Known;
use super::text::TextPattern;
use super::{
    CollectionLeaf, FieldLeaf, Leaf, Matcher, MatcherError, Node, Path, SourceLeaf, TextLeaf,
};
use crate::ast::{Field, Filter, Literal, Part, Pattern, Range, Test, Text};
use jiff::Zoned;
use std::ops::Bound;
use woodpile_record::name;

impl Matcher {
    /// Makes a filter ready. Times in it are meant at `now`, in its zone.
    ///
    /// # Errors
    /// A pattern that is too large once it is compiled.
    pub fn new(filter: &Filter, now: &Zoned) -> Result<Self, MatcherError> {
        Ok(Self { root: node(filter, now)? })
    }
}

fn node(filter: &Filter, now: &Zoned) -> Result<Node, MatcherError> {
    Ok(match filter {
        Filter::All => Node::All,
        Filter::And(parts) => Node::And(cheapest_first(parts, now)?),
        Filter::Or(parts) => Node::Or(cheapest_first(parts, now)?),
        Filter::Not(part) => Node::Not(Box::new(node(part, now)?)),
        Filter::Text(text) => Node::Leaf(Leaf::Text(TextLeaf { pattern: within(text)? })),
        Filter::Source(name) => Node::Leaf(Leaf::Source(source(name)?)),
        Filter::Collection(name) => {
            Node::Leaf(Leaf::Collection(CollectionLeaf { name: like(name)? }))
        }
        Filter::Time(range) => Node::Leaf(Leaf::Time(range.times(now))),
        Filter::Field(field, test) => Node::Leaf(Leaf::Field(field_leaf(field, test, now)?)),
    })
}

fn cheapest_first(parts: &[Filter], now: &Zoned) -> Result<Vec<Node>, MatcherError> {
    let mut nodes = parts.iter().map(|part| node(part, now)).collect::<Result<Vec<_>, _>>()?;
    nodes.sort_by_key(Node::cost);
    Ok(nodes)
}

fn source(name: &Pattern) -> Result<SourceLeaf, MatcherError> {
    let more = [Part::Text(".".to_owned()), Part::Any];
    let numbered = Pattern::new(name.parts().iter().cloned().chain(more));
    Ok(SourceLeaf { name: like(name)?, numbered: like(&numbered)? })
}

fn field_leaf(field: &Field, test: &Test, now: &Zoned) -> Result<FieldLeaf, MatcherError> {
    let of = match field {
        field if field.is_time() => Known::Time,
        field if field.is_level() => Known::Level,
        field if field.name == name::MESSAGE => Known::Message,
        _ => Known::Other,
    };
    Ok(FieldLeaf {
        paths: field.paths().map(Path::new).collect(),
        of,
        test: field_test(test, now)?,
    })
}

fn field_test(test: &Test, now: &Zoned) -> Result<FieldTest, MatcherError> {
    Ok(match test {
        Test::Exists => FieldTest::Exists,
        Test::Is(literal) => {
            FieldTest::Is(Same::new(literal, now).map_err(|_| too_large(literal.text()))?)
        }
        Test::Range(range) => between(range, now),
        Test::Like(pattern) => FieldTest::Text(like(pattern)?),
        Test::Has(part) => FieldTest::Text(within(part)?),
        Test::Regex(regex) => FieldTest::Text(TextPattern::regex(regex)),
    })
}

/// A bound that is a stretch of time is within as a whole, or not at all: up to a day means up to its end, and after
/// a day means from its end on.
fn between(range: &Range, now: &Zoned) -> FieldTest {
    let is_time = |literal: &Literal| matches!(literal.value(), crate::ast::Value::Time(_));
    let from = match &range.from {
        Bound::Excluded(day) if is_time(day) => bound(Bound::Included(day), now, true),
        from => bound(from.as_ref(), now, false),
    };
    let to = match &range.to {
        Bound::Included(day) if is_time(day) => bound(Bound::Excluded(day), now, true),
        to => bound(to.as_ref(), now, false),
    };
    // A literal that nothing can be compared to, which no parser gives: nothing is.
    match (from, to) {
        (Some(from), Some(to)) => FieldTest::Between { from, to },
        _ => FieldTest::Nothing,
    }
}

fn bound(literal: Bound<&Literal>, now: &Zoned, end: bool) -> Option<Bound<ByValue>> {
    Some(match literal {
        Bound::Unbounded => Bound::Unbounded,
        Bound::Included(literal) => Bound::Included(ByValue::of(literal, now, end)?),
        Bound::Excluded(literal) => Bound::Excluded(ByValue::of(literal, now, end)?),
    })
}

fn within(text: &Text) -> Result<TextPattern, MatcherError> {
    TextPattern::within(text).map_err(|_| match text {
        Text::Word(text) | Text::Phrase(text) => too_large(text),
        Text::Pattern(pattern) => too_large(&shown(pattern)),
        Text::Regex(regex) => too_large(regex.pattern()),
    })
}

fn like(pattern: &Pattern) -> Result<TextPattern, MatcherError> {
    TextPattern::like(pattern).map_err(|_| too_large(&shown(pattern)))
}

fn too_large(text: &str) -> MatcherError {
    MatcherError::TooLarge { text: text.to_owned() }
}

fn shown(pattern: &Pattern) -> String {
    let parts = pattern.parts().iter().map(|part| match part {
        Part::Text(text) => text.as_str(),
        Part::Any => "*",
        Part::One => "?",
    });
    parts.collect()
}

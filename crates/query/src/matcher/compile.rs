use super::by_value::ByValue;
use super::field_test::{FieldTest, Same};
use super::leaf::Known;
use super::text::TextPattern;
use super::{
    CollectionLeaf, FieldLeaf, Leaf, Matcher, MatcherError, Node, Path, SourceLeaf, TextLeaf,
};
use crate::ast::{Field, Filter, Literal, Part, Pattern, Range, Test, Text, Value};
use crate::limits::MAX_COMPILED;
use jiff::Zoned;
use std::ops::Bound;
use woodpile_record::name;

impl Matcher {
    /// Makes a filter ready. Times in it are meant at `now`, in its zone.
    ///
    /// # Errors
    /// Patterns that are too large, or too many, once they are compiled.
    pub fn new(filter: &Filter, now: &Zoned) -> Result<Self, MatcherError> {
        Ok(Self { root: Compiler { now, compiled: 0 }.node(filter)? })
    }
}

struct Compiler<'z> {
    now: &'z Zoned,
    /// How many patterns were compiled.
    compiled: usize,
}

impl Compiler<'_> {
    fn node(&mut self, filter: &Filter) -> Result<Node, MatcherError> {
        Ok(Node::Leaf(match filter {
            Filter::All => return Ok(Node::All),
            Filter::And(parts) => return Ok(Node::And(self.cheapest_first(parts)?)),
            Filter::Or(parts) => return Ok(Node::Or(self.cheapest_first(parts)?)),
            Filter::Not(part) => return Ok(Node::Not(Box::new(self.node(part)?))),
            Filter::Text(text) => Leaf::Text(TextLeaf { pattern: self.within(text)? }),
            Filter::Source(name) => Leaf::Source(self.source(name)?),
            Filter::Collection(name) => Leaf::Collection(CollectionLeaf { name: self.like(name)? }),
            Filter::Time(range) => Leaf::Time(range.times(self.now)),
            Filter::Field(field, test) => Leaf::Field(self.field(field, test)?),
        }))
    }

    fn cheapest_first(&mut self, parts: &[Filter]) -> Result<Vec<Node>, MatcherError> {
        let nodes = parts.iter().map(|part| self.node(part));
        let mut nodes = nodes.collect::<Result<Vec<_>, _>>()?;
        nodes.sort_by_key(Node::cost);
        Ok(nodes)
    }

    fn source(&mut self, name: &Pattern) -> Result<SourceLeaf, MatcherError> {
        let more = [Part::Text(".".to_owned()), Part::Any];
        let numbered = Pattern::new(name.parts().iter().cloned().chain(more));
        Ok(SourceLeaf { name: self.like(name)?, numbered: self.like(&numbered)? })
    }

    fn field(&mut self, field: &Field, test: &Test) -> Result<FieldLeaf, MatcherError> {
        let of = match field {
            field if field.is_time() => Known::Time,
            field if field.is_level() => Known::Level,
            field if field.name == name::MESSAGE => Known::Message,
            _ => Known::Other,
        };
        let paths = field.paths().map(Path::new).collect();
        Ok(FieldLeaf { paths, of, test: self.test(test)? })
    }

    fn test(&mut self, test: &Test) -> Result<FieldTest, MatcherError> {
        Ok(match test {
            Test::Exists => FieldTest::Exists,
            Test::Is(literal) => {
                let whole = TextPattern::exactly(literal.text());
                let whole = self.counted(whole, || literal.text().to_owned())?;
                FieldTest::Is(Same::new(whole, literal, self.now))
            }
            Test::Range(range) => between(range, self.now),
            Test::Like(pattern) => FieldTest::Text(self.like(pattern)?),
            Test::Has(part) => FieldTest::Text(self.within(part)?),
            Test::Regex(regex) => {
                let regex = Ok(TextPattern::regex(regex));
                FieldTest::Text(self.counted(regex, String::new)?)
            }
        })
    }

    fn within(&mut self, text: &Text) -> Result<TextPattern, MatcherError> {
        self.counted(TextPattern::within(text), || match text {
            Text::Word(text) | Text::Phrase(text) => text.clone(),
            Text::Pattern(pattern) => shown(pattern),
            Text::Regex(regex) => regex.pattern().to_owned(),
        })
    }

    fn like(&mut self, pattern: &Pattern) -> Result<TextPattern, MatcherError> {
        self.counted(TextPattern::like(pattern), || shown(pattern))
    }

    fn counted(
        &mut self,
        pattern: Result<TextPattern, regex::Error>,
        shown: impl FnOnce() -> String,
    ) -> Result<TextPattern, MatcherError> {
        let pattern = pattern.map_err(|_| MatcherError::TooLarge { text: shown() })?;
        self.compiled += usize::from(pattern.is_compiled());
        if self.compiled > MAX_COMPILED { Err(MatcherError::TooMany) } else { Ok(pattern) }
    }
}

/// A bound that is a stretch of time is within as a whole, or not at all: up to a day means up to its end, and after
/// a day means from its end on.
fn between(range: &Range, now: &Zoned) -> FieldTest {
    let is_time = |literal: &Literal| matches!(literal.value(), Value::Time(_));
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

fn shown(pattern: &Pattern) -> String {
    let parts = pattern.parts().iter().map(|part| match part {
        Part::Text(text) => text.as_str(),
        Part::Any => "*",
        Part::One => "?",
    });
    parts.collect()
}

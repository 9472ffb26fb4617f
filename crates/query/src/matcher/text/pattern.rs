use super::literals::{self, Literal};
use super::wildcard::{self, Reach};
use super::{Edge, Needle};
use crate::ast::{Part, Pattern, Regex, Text};
use crate::limits::MAX_PATTERN_BYTES;

/// What is looked for in a text.
#[derive(Debug, Clone)]
pub(crate) enum TextPattern {
    /// Any text at all.
    Anything,
    /// An ASCII text.
    Needle(Needle),
    /// All else.
    Regex(Box<Expression>),
}

/// A regular expression, and what it needs.
#[derive(Debug, Clone)]
pub(crate) struct Expression {
    regex: regex::Regex,
    literals: Vec<Literal>,
    /// The same for automata of bytes.
    source: String,
}

impl TextPattern {
    /// What is looked for within a text.
    pub(crate) fn within(text: &Text) -> Result<Self, regex::Error> {
        match text {
            Text::Word(word) => Self::text(word, Edge::Word, Edge::Word),
            Text::Phrase(phrase) => Self::text(phrase, Edge::Word, Edge::Any),
            Text::Pattern(pattern) => {
                Self::parts(pattern.parts(), Reach::Word, (Edge::Word, Edge::Word))
            }
            Text::Regex(regex) => Ok(Self::regex(regex)),
        }
    }

    /// What a whole value is like.
    pub(crate) fn like(pattern: &Pattern) -> Result<Self, regex::Error> {
        Self::parts(pattern.parts(), Reach::Value, (Edge::Text, Edge::Text))
    }

    /// What a whole value is.
    pub(crate) fn exactly(text: &str) -> Result<Self, regex::Error> {
        Self::text(text, Edge::Text, Edge::Text)
    }

    /// What a regular expression finds.
    pub(crate) fn regex(regex: &Regex) -> Self {
        let literals = literals::of_regex(regex.pattern(), regex.ignores_case());
        let flag = if regex.ignores_case() { "(?i)" } else { "" };
        let source = format!("{flag}{}", regex.pattern());
        Self::Regex(Box::new(Expression { regex: regex.compiled().clone(), literals, source }))
    }

    fn text(text: &str, before: Edge, after: Edge) -> Result<Self, regex::Error> {
        Self::parts(&[Part::Text(text.to_owned())], Reach::Value, (before, after))
    }

    /// At an end with a `*` there is no edge.
    fn parts(parts: &[Part], reach: Reach, edges: (Edge, Edge)) -> Result<Self, regex::Error> {
        let (parts, before) = match parts {
            [Part::Any, rest @ ..] => (rest, Edge::Any),
            parts => (parts, edges.0),
        };
        let (parts, after) = match parts {
            [rest @ .., Part::Any] => (rest, Edge::Any),
            // All of it was the one `*`.
            [] if before == Edge::Any => return Ok(Self::Anything),
            parts => (parts, edges.1),
        };
        if let [Part::Text(text)] = parts
            && let Some(needle) = Needle::new(text, before, after)
        {
            return Ok(Self::Needle(needle));
        }
        let before = before.beside(end_char(parts.first(), |text| text.chars().next()));
        let after = after.beside(end_char(parts.last(), |text| text.chars().next_back()));
        let source = wildcard::source(parts, reach, before, after);
        let regex = regex::RegexBuilder::new(&source)
            .size_limit(MAX_PATTERN_BYTES)
            .dfa_size_limit(MAX_PATTERN_BYTES)
            .build()?;
        let literals = literals::of_regex(&source, false);
        let source = wildcard::without_edges(&source);
        Ok(Self::Regex(Box::new(Expression { regex, literals, source })))
    }

    /// Whether it was compiled, which takes memory.
    pub(crate) fn is_compiled(&self) -> bool {
        matches!(self, Self::Regex(_))
    }

    /// Whether it is in the text.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Needle(needle) => needle.is_in(text),
            Self::Regex(expression) => expression.regex.is_match(text),
        }
    }

    /// A regular expression that finds the same in ASCII texts, and in others at least the same; `None` where every text
    /// will do.
    pub(crate) fn source(&self) -> Option<String> {
        match self {
            Self::Anything => None,
            Self::Needle(needle) => Some(wildcard::without_edges(&needle.source())),
            Self::Regex(expression) => Some(expression.source.clone()),
        }
    }

    /// What is in every text in which it is.
    pub(crate) fn literals(&self) -> Vec<Literal> {
        match self {
            Self::Anything => Vec::new(),
            Self::Needle(needle) => vec![needle.literal()],
            Self::Regex(expression) => expression.literals.clone(),
        }
    }
}

/// The character at an end, where it is known.
fn end_char(part: Option<&Part>, of: impl Fn(&str) -> Option<char>) -> Option<char> {
    match part? {
        Part::Text(text) => of(text),
        // It may be in a word.
        Part::Any | Part::One => Some('_'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Filter, parse};

    /// What the query looks for, and its source, find the same.
    #[track_caller]
    fn check(query: &str) {
        let Filter::Text(text) = parse(query).unwrap().filter else { panic!("{query}") };
        let pattern = TextPattern::within(&text).unwrap();
        let source = regex::Regex::new(&pattern.source().unwrap()).unwrap();
        for text in [
            "",
            "cart",
            "Cart",
            "the CART.",
            "carts",
            "écart",
            "cart\u{e9}",
            "\u{2192}cart\u{2190}",
            "_cart",
            "my-cart/7",
            "ca7t",
            "GET /cart HTTP",
            "10.0.0.7",
            "110.0.0.7",
            "10.0.0.71",
            "ÜBER",
            "über uns",
            "ſcart",
            "a b",
            "a\nb",
            "\n",
        ] {
            let (roughly, exactly) = (source.is_match(text), pattern.is_in(text));
            assert!(roughly || !exactly, "{query} in {text:?}: {source}");
            assert!(roughly == exactly || !text.is_ascii(), "{query} in {text:?}: {source}");
        }
    }

    #[test]
    fn the_source_finds_the_same() {
        let queries = "cart CART *cart cart* ca*t ca?t ?art /cart 10.0.0.7 über *ber a*b _cart";
        queries.split(' ').for_each(check);
        ["\"get /cart\"", "\"cart \"", "*:/^c/", "*:/T$/i", "*:/(?i)ca[rt]+/"]
            .into_iter()
            .for_each(check);
    }
}

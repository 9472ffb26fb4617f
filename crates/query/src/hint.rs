use crate::ast::{Field, Filter, Query, Span, Text};
use crate::names;
use crate::nearest::nearest;
use crate::syntax::is_plain_name;
use std::collections::HashSet;
use std::fmt;

/// The most unknown fields of one query for which like ones are looked for.
const MAX_HINTS: usize = 10;

/// What a query says that its author probably did not mean. It is no error, for it may be meant: a search that found
/// nothing says it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// No record has this field, but one with a name much like it.
    Field {
        /// As it was written.
        name: String,
        /// Where, in bytes of the query.
        span: Span,
        /// What was probably meant.
        nearest: String,
    },
    /// `or`: a word like any other, where the operator was probably meant.
    Operator {
        /// As it was written.
        word: String,
    },
    /// `status>=500`: a word, where a comparison was probably meant.
    Comparison {
        /// As it was written.
        word: String,
        /// What was probably meant.
        nearest: String,
    },
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field { name, nearest, .. } => {
                write!(f, "no record has a field {name}; did you mean {nearest}?")
            }
            Self::Operator { word } => {
                write!(f, "{word} is a word here; did you mean {}?", word.to_uppercase())
            }
            Self::Comparison { word, nearest } => {
                write!(f, "{word} is a word here; did you mean {nearest}?")
            }
        }
    }
}

/// What may be meant otherwise; `known` are the dotted paths that records have.
pub fn hints(query: &Query, known: &[&str]) -> Vec<Hint> {
    let mut read = Read::default();
    read.filter(&query.filter);
    for pipe in &query.pipes {
        read.fields.extend(pipe.inputs());
        // What comes behind names columns, which the parser knows.
        if pipe.columns(None).is_some() {
            break;
        }
    }
    let words =
        read.words.iter().filter_map(|word| operator(word).or_else(|| comparison(word, known)));
    words.chain(fields(&read.fields, known)).collect()
}

/// What a query names of records.
#[derive(Debug, Default)]
struct Read<'a> {
    fields: Vec<&'a Field>,
    words: Vec<&'a str>,
}

impl<'a> Read<'a> {
    fn filter(&mut self, filter: &'a Filter) {
        match filter {
            Filter::Field(field, _) => self.fields.push(field),
            Filter::Text(Text::Word(word)) => self.words.push(word),
            Filter::Not(part) => self.filter(part),
            Filter::And(parts) | Filter::Or(parts) => {
                for part in parts {
                    self.filter(part);
                }
            }
            _ => {}
        }
    }
}

fn operator(word: &str) -> Option<Hint> {
    matches!(word, "and" | "or" | "not").then(|| Hint::Operator { word: word.to_owned() })
}

fn comparison(word: &str, known: &[&str]) -> Option<Hint> {
    let (name, value) = word.split_at_checked(word.find(['>', '<'])?)?;
    let is_field = is_plain_name(name) && is_known(&Field::new(name), known);
    let is_value = value.len() > 1;
    (is_field && is_value)
        .then(|| Hint::Comparison { word: word.to_owned(), nearest: format!("{name}:{value}") })
}

/// Each field is told of once.
fn fields(fields: &[&Field], known: &[&str]) -> Vec<Hint> {
    let mut seen = HashSet::new();
    fields
        .iter()
        .filter(|field| !is_known(field, known) && seen.insert(&field.name))
        .take(MAX_HINTS)
        .filter_map(|field| {
            let names = known.iter().copied().chain(names::short_names());
            let nearest = nearest(&field.name, names)?.to_owned();
            Some(Hint::Field { name: field.name.clone(), span: field.span, nearest })
        })
        .collect()
}

/// Whether a path that the name may mean is known, or holds known ones, or lies in one.
fn is_known(field: &Field, known: &[&str]) -> bool {
    let holds = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'))
    };
    field.is_time()
        || field.paths().any(|path| {
            known.iter().any(|known| *known == path || holds(path, known) || holds(known, path))
        })
}

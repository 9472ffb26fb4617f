use crate::ast::{Field, Filter, Query, Span};
use crate::names;
use crate::nearest::nearest;
use std::collections::HashSet;
use std::fmt;

/// The most unknown fields of one query for which like ones are looked for.
const MAX_HINTS: usize = 10;

/// A field that no record has, while one with a name much like it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// As it was written.
    pub field: String,
    /// Where, in bytes of the query.
    pub span: Span,
    /// What was probably meant.
    pub nearest: String,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no record has a field {}; did you mean {}?", self.field, self.nearest)
    }
}

/// Fields of the query that are none of `known`, the dotted paths that records have, but much like one of them or like a
/// short name. Each is told once. They are no errors: such a field may still come.
pub fn hints(query: &Query, known: &[&str]) -> Vec<Hint> {
    let mut seen = HashSet::new();
    let names = || known.iter().copied().chain(names::short_names());
    fields(query)
        .into_iter()
        .filter(|field| !is_known(field, known) && seen.insert(field.name.clone()))
        .take(MAX_HINTS)
        .filter_map(|field| {
            let nearest = nearest(&field.name, names())?.to_owned();
            Some(Hint { field: field.name.clone(), span: field.span, nearest })
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

/// The fields of records that the query names.
fn fields(query: &Query) -> Vec<&Field> {
    let mut fields = Vec::new();
    of_filter(&query.filter, &mut fields);
    for pipe in &query.pipes {
        fields.extend(pipe.inputs());
        // What comes behind names columns, which the parser knows.
        if pipe.columns(None).is_some() {
            break;
        }
    }
    fields
}

fn of_filter<'a>(filter: &'a Filter, fields: &mut Vec<&'a Field>) {
    match filter {
        Filter::Field(field, _) => fields.push(field),
        Filter::Not(part) => of_filter(part, fields),
        Filter::And(parts) | Filter::Or(parts) => {
            for part in parts {
                of_filter(part, fields);
            }
        }
        _ => {}
    }
}

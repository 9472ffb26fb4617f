use super::Span;
use crate::names;
use std::hash::{Hash, Hasher};

/// A field as it was named: `http.status`, or `status` for short. Compares by its name.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name as written.
    pub name: String,
    /// Where it was written.
    pub span: Span,
}

impl Field {
    /// A field that stands in no text.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), span: Span::default() }
    }

    /// The dotted paths that the name may mean: the first that a record has is the one that is meant.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        names::candidates(&self.name)
    }

    /// Whether this is the time of the event, as [`woodpile_record::event_time()`] tells it.
    pub fn is_time(&self) -> bool {
        names::is_time(&self.name)
    }

    /// Whether this is the level, which is compared by severity.
    pub fn is_level(&self) -> bool {
        names::is_level(&self.name)
    }

    /// Whether this holds prose, where a value is a word or phrase within it and not the whole.
    pub fn is_prose(&self) -> bool {
        names::is_prose(&self.name)
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Field {}

impl Hash for Field {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

use super::Scalar;
use crate::names::nanos_per_unit;
use woodpile_record::{RawBsonRef, RawDocument};

/// A dotted path to a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    name: Box<str>,
    nanos_per_unit: f64,
}

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing.
    Absent,
    /// Values, none of which passes.
    Failed,
    /// A value that passes.
    Passed,
}

impl Found {
    fn or(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::Absent => other(),
            Self::Passed => Self::Passed,
            Self::Failed if other() == Self::Passed => Self::Passed,
            Self::Failed => Self::Failed,
        }
    }
}

impl Path {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.into(), nanos_per_unit: nanos_per_unit(name) }
    }

    /// The path as records have it, `http.status`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What 1 is in nanoseconds, if it is a duration.
    pub(super) fn nanos_per_unit(&self) -> f64 {
        self.nanos_per_unit
    }

    /// Asks the values at this path of the document, those in arrays and documents there one by one.
    pub(super) fn ask(
        &self,
        document: &RawDocument,
        passes: &impl Fn(Scalar<'_>) -> bool,
    ) -> Found {
        ask_at(document, &self.name, passes)
    }
}

fn ask_at(document: &RawDocument, path: &str, passes: &impl Fn(Scalar<'_>) -> bool) -> Found {
    let mut found = Found::Absent;
    for element in document.iter_elements() {
        let Ok(element) = element else { break };
        let key: &str = element.key().as_ref();
        let Some(rest) = path.strip_prefix(key) else { continue };
        let here = || {
            let Ok(value) = element.value() else { return Found::Absent };
            if rest.is_empty() {
                if any_in(value, passes) { Found::Passed } else { Found::Failed }
            } else {
                rest.strip_prefix('.').map_or(Found::Absent, |rest| ask_below(value, rest, passes))
            }
        };
        found = found.or(here);
        if found == Found::Passed {
            break;
        }
    }
    found
}

/// Goes on below a document, or below the elements of an array.
fn ask_below(value: RawBsonRef<'_>, path: &str, passes: &impl Fn(Scalar<'_>) -> bool) -> Found {
    match value {
        RawBsonRef::Document(document) => ask_at(document, path, passes),
        RawBsonRef::Array(array) => {
            let Ok(elements) = RawDocument::from_bytes(array.as_bytes()) else {
                return Found::Absent;
            };
            // By its index, or by the fields of its documents.
            let mut found = ask_at(elements, path, passes);
            for value in array.into_iter().map_while(Result::ok) {
                if let RawBsonRef::Document(document) = value {
                    found = found.or(|| ask_at(document, path, passes));
                }
            }
            found
        }
        _ => Found::Absent,
    }
}

/// Whether the value passes, or one within it.
pub(super) fn any_in(value: RawBsonRef<'_>, passes: &impl Fn(Scalar<'_>) -> bool) -> bool {
    match value {
        RawBsonRef::Document(document) => any_of(document, passes),
        RawBsonRef::Array(array) => {
            array.into_iter().map_while(Result::ok).any(|value| any_in(value, passes))
        }
        value => Scalar::of(value).is_some_and(passes),
    }
}

/// Whether one of the document's values passes, at whatever depth.
pub(super) fn any_of(document: &RawDocument, passes: &impl Fn(Scalar<'_>) -> bool) -> bool {
    document.into_iter().map_while(Result::ok).any(|(_, value)| any_in(value, passes))
}

use super::field_test::FieldTest;
use super::path::any_in;
use super::text::TextPattern;
use super::{Needed, Origin, Path, Scalar, Subject};
use crate::SOURCE_FIELDS;
use crate::ast::Times;
use woodpile_record::{RawDocument, Severity, find};

/// One question of a filter. Each kind can also be asked of single values, so that columns can be searched without
/// their records.
#[derive(Debug, Clone)]
pub enum Leaf {
    /// Is this in some text of the record?
    Text(TextLeaf),
    /// Is the record from there?
    Source(SourceLeaf),
    /// Is it in such a collection?
    Collection(CollectionLeaf),
    /// Did it happen then?
    Time(Times),
    /// Does a field have such a value?
    Field(FieldLeaf),
}

/// Something that is looked for in every text of a record.
#[derive(Debug, Clone)]
pub struct TextLeaf {
    pub(super) pattern: TextPattern,
}

/// The name of an app, host or process.
#[derive(Debug, Clone)]
pub struct SourceLeaf {
    pub(super) name: TextPattern,
    /// The name, a dot and whatever follows: `web.1`.
    pub(super) numbered: TextPattern,
}

/// The name of a collection.
#[derive(Debug, Clone)]
pub struct CollectionLeaf {
    pub(super) name: TextPattern,
}

/// What is asked of the values of a field.
#[derive(Debug, Clone)]
pub struct FieldLeaf {
    pub(super) paths: Vec<Path>,
    pub(super) of: Known,
    pub(super) test: FieldTest,
}

/// The fields that have more than one spelling, in records of different writers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Time,
    Level,
    Message,
    Other,
}

impl Leaf {
    pub(super) fn matches(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::Text(leaf) => leaf.matches_any(subject),
            Self::Source(leaf) => leaf.matches_any(subject),
            Self::Collection(leaf) => leaf.matches(subject.collection()),
            Self::Time(times) => times_hold(*times, subject.time()),
            Self::Field(leaf) => leaf.matches_any(subject),
        }
    }
}

fn times_hold(times: Times, at: i64) -> bool {
    times.since.is_none_or(|since| at >= since) && times.until.is_none_or(|until| at < until)
}

impl TextLeaf {
    /// Whether it is in this text.
    pub fn matches(&self, text: &str) -> bool {
        self.pattern.is_in(text)
    }

    /// Whether it is in the text of this value: numbers have one, in decimal; dates, ids and the like have none.
    pub fn matches_value(&self, value: Scalar<'_>) -> bool {
        match value {
            Scalar::Text(text) => self.pattern.is_in(text),
            Scalar::Int(_) | Scalar::Float(_) | Scalar::Decimal(_) => {
                self.may_be_in_numbers()
                    && value.with_text(|text| self.pattern.is_in(text)).unwrap_or(false)
            }
            _ => false,
        }
    }

    /// Whether there are numbers that it is in.
    pub fn may_be_in_numbers(&self) -> bool {
        match &self.pattern {
            TextPattern::Needle(needle) => needle.may_be_in_number(),
            TextPattern::Anything | TextPattern::Regex(_) => true,
        }
    }

    /// What is in every text that it is in.
    pub fn needs(&self) -> Vec<Needed> {
        self.pattern.literals()
    }

    /// A regular expression, as the `regex` crate reads them, that is found in the texts that it is in, and in few others:
    /// beside a word, letters that are not ASCII count as none. `None` where it is in every text.
    pub fn expression(&self) -> Option<String> {
        self.pattern.source()
    }

    fn matches_any(&self, subject: &Subject<'_>) -> bool {
        // What is around the texts can only add to what is found: most records are out at once.
        if let TextPattern::Needle(needle) = &self.pattern
            && !self.may_be_in_numbers()
            && !needle.occurs_in(subject.document().as_bytes())
        {
            return false;
        }
        subject.any(|value| self.matches_value(value))
    }
}

impl SourceLeaf {
    /// The fields that are looked at.
    pub fn paths(&self) -> &'static [&'static str] {
        SOURCE_FIELDS
    }

    /// Whether one of these fields may have this value.
    pub fn matches(&self, text: &str) -> bool {
        self.name.is_in(text) || self.numbered.is_in(text)
    }

    fn matches_any(&self, subject: &Subject<'_>) -> bool {
        let matches = |value: Scalar<'_>| matches!(value, Scalar::Text(text) if self.matches(text));
        SOURCE_FIELDS.iter().any(|path| {
            let value = find(subject.document(), path);
            value.is_some_and(|value| any_in(value, &matches))
        })
    }
}

impl CollectionLeaf {
    /// Whether the collection of this name is meant.
    pub fn matches(&self, name: &str) -> bool {
        self.name.is_in(name)
    }
}

impl FieldLeaf {
    /// The paths that the field's name stands for: the first that a record has is meant.
    pub fn paths(&self) -> &[Path] {
        &self.paths
    }

    /// Whether the field is the event time, whatever a writer called it and however it is written.
    pub fn is_time(&self) -> bool {
        self.of == Known::Time
    }

    /// Whether the field is the level, whatever a writer called it.
    pub fn is_level(&self) -> bool {
        self.of == Known::Level
    }

    /// Whether the field is the message, whatever a writer called it.
    pub fn is_message(&self) -> bool {
        self.of == Known::Message
    }

    /// Whether records of this severity pass (`None`: those whose level is none); `None` where their severity does not
    /// tell.
    pub fn matches_severity(&self, severity: Option<Severity>) -> Option<bool> {
        if self.is_level() { self.test.passes_severity(severity) } else { None }
    }

    /// Whether the record passes, of which only those fields need be there that are named by the field's paths or by
    /// [`DERIVED_FROM`](crate::DERIVED_FROM).
    pub fn matches_in(&self, document: &RawDocument) -> bool {
        self.matches_any(&Subject::new(document, Origin::default()))
    }

    /// Whether any value will do.
    pub fn is_existence(&self) -> bool {
        matches!(self.test, FieldTest::Exists)
    }

    /// Whether this value at this one of the paths passes.
    pub fn matches(&self, value: Scalar<'_>, path: &Path) -> bool {
        self.test.passes(value, path)
    }

    /// What is in every text that passes. Where there is any of it, no value passes that is neither text, number nor
    /// ObjectId.
    pub fn needs(&self) -> Vec<Needed> {
        self.test.needs()
    }

    /// A regular expression, as the `regex` crate reads them, that is found in the texts that pass, and in few others; `None`
    /// where none says that.
    pub fn expression(&self) -> Option<String> {
        self.test.pattern()?.source()
    }

    fn matches_any(&self, subject: &Subject<'_>) -> bool {
        let standard = match self.of {
            Known::Time => Some(Scalar::Date(subject.time())),
            Known::Level => subject.level().map(Scalar::Text),
            Known::Message => subject.message().map(Scalar::Text),
            Known::Other => None,
        };
        match (standard, self.paths.first()) {
            (Some(value), Some(path)) => self.test.passes(value, path),
            _ if self.is_existence() => subject.has(&self.paths),
            _ => subject.any_at(&self.paths, |value, path| self.test.passes(value, path)),
        }
    }
}

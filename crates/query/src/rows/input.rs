use crate::ast::Column;
use crate::matcher::{DERIVED_FROM, Scalar, Subject};
use bson::DateTime;
use woodpile_record::{RawBsonRef, name};

/// Where the value of a column comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The record's event time.
    Time,
    /// The level, however the writer called it: a text, else what `level` or `severity` is.
    Level,
    /// The message, however the writer called it: a text, else what `message` is.
    Message,
    /// The collection that the record is in.
    Collection,
    /// The first of these dotted paths at which the record has anything.
    Paths(Vec<Box<str>>),
    /// Nowhere: a pipe before left it out.
    Nowhere,
}

impl Input {
    /// Of a column of records.
    pub(super) fn of(column: &Column) -> Self {
        match &*column.name {
            _ if column.is_time() => Self::Time,
            _ if column.is_level() => Self::Level,
            name::MESSAGE => Self::Message,
            "collection" | name::COLLECTION => Self::Collection,
            _ => Self::Paths(column.paths().map(Into::into).collect()),
        }
    }

    /// The record's own fields that tell it, those among them that few records have.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::Time => vec![name::TIMESTAMP, name::ID],
            Self::Level => [DERIVED_FROM, &["severity"]].concat(),
            Self::Message => DERIVED_FROM.to_vec(),
            Self::Collection | Self::Nowhere => Vec::new(),
            // A key may have dots in it.
            Self::Paths(paths) => {
                let starts = |path: &'_ str| -> Vec<usize> {
                    path.match_indices('.').map(|(dot, _)| dot).chain([path.len()]).collect()
                };
                let own = paths
                    .iter()
                    .flat_map(|path| starts(path).into_iter().filter_map(|end| path.get(..end)));
                own.chain(DERIVED_FROM.iter().copied()).collect()
            }
        }
    }

    /// The record's value; null where it has none.
    pub(super) fn value<'s>(&self, subject: &'s Subject<'_>) -> RawBsonRef<'s> {
        let value = match self {
            Self::Time => Some(RawBsonRef::DateTime(DateTime::from_millis(subject.time()))),
            Self::Level => {
                let level = subject.level().map(RawBsonRef::String);
                level.or_else(|| subject.value(name::LEVEL)).or_else(|| subject.value("severity"))
            }
            Self::Message => {
                let message = subject.message().map(RawBsonRef::String);
                message.or_else(|| subject.value(name::MESSAGE))
            }
            Self::Collection => Some(RawBsonRef::String(subject.collection())),
            Self::Paths(paths) => paths.iter().find_map(|path| subject.value(path)),
            Self::Nowhere => None,
        };
        value.unwrap_or(RawBsonRef::Null)
    }
}

/// The same value as BSON has it.
pub(crate) fn as_bson(value: Scalar<'_>) -> RawBsonRef<'_> {
    match value {
        Scalar::Bool(truth) => RawBsonRef::Boolean(truth),
        Scalar::Int(number) => {
            i32::try_from(number).map_or(RawBsonRef::Int64(number), RawBsonRef::Int32)
        }
        Scalar::Float(number) => RawBsonRef::Double(number),
        Scalar::Decimal(number) => RawBsonRef::Decimal128(number),
        Scalar::Text(text) => RawBsonRef::String(text),
        Scalar::Date(millis) => RawBsonRef::DateTime(DateTime::from_millis(millis)),
        Scalar::Id(id) => RawBsonRef::ObjectId(id),
        Scalar::Null | Scalar::Other => RawBsonRef::Null,
    }
}

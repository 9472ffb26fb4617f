use std::borrow::Cow;
use std::fmt;
use woodpile_line::Route;
use woodpile_record::{Entry, ObjectId, RawDocument};

/// What one record of the bytes says.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded<'a> {
    /// The collection that the record itself names, which goes before what the request, the source and the
    /// record's kind say.
    pub collection: Option<Cow<'a, str>>,
    /// The record.
    pub body: Body<'a>,
}

impl<'a> Decoded<'a> {
    /// A record that names no collection and has no `_id` yet.
    pub fn entry(entry: Entry<'a>, route: Route) -> Self {
        Self { collection: None, body: Body::Entry { entry, route, id: None } }
    }
}

/// A record, typed or as it was exported.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are entries, and each is moved once or twice"
)]
pub enum Body<'a> {
    /// A record that is still to be encoded.
    Entry {
        /// What it says.
        entry: Entry<'a>,
        /// The log that records of its kind belong to.
        route: Route,
        /// The `_id` that follows from where the record comes from, and is the same however often it comes;
        /// without one it gets a new one.
        id: Option<ObjectId>,
    },
    /// A record that has its `_id` already, kept byte for byte.
    Document(&'a RawDocument),
}

/// A record that cannot be taken, or a whole body of which none can: where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The line of the body, or the number of the record where records are no lines; from 1.
    pub line: u64,
    /// The column in that line, in characters from 1, where it is known.
    pub column: Option<u64>,
    /// What was found and what was expected.
    pub reason: String,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for Rejected {}

/// Takes what a decoder found, one record after another.
pub type Each<'e> = dyn FnMut(Result<Decoded<'_>, Rejected>) + 'e;

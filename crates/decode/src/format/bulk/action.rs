//! The line before a document.

use crate::{Rejected, place};
use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;
use std::fmt;
use woodpile_record::json::JsonError;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Add a document, or put it in the place of the one with its id.
    Index,
    /// Add a document.
    Create,
    /// Change parts of a document.
    Update,
    /// Remove a document.
    Delete,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Index, Self::Create, Self::Update, Self::Delete];

    /// As requests and answers name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// Whether the next line belongs to it.
    pub(super) fn has_document(self) -> bool {
        self != Self::Delete
    }

    /// Whether it makes a record.
    pub(super) fn adds(self) -> bool {
        matches!(self, Self::Index | Self::Create)
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// `{"create":{"_index":"logs","_id":"1"}}`.
#[derive(Debug)]
pub(super) struct Action<'a> {
    pub(super) kind: Kind,
    pub(super) index: Option<Cow<'a, str>>,
    pub(super) id: Option<Cow<'a, str>>,
}

impl<'a> Action<'a> {
    pub(super) fn read(line: &'a str) -> Result<Self, Rejected> {
        serde_json::from_str(line).map_err(|error| place::of(line, &JsonError::from(error)))
    }
}

/// Other members (`_type`, `pipeline`, `require_alias`) say nothing that matters here.
#[derive(Deserialize, Default)]
struct Target<'a> {
    #[serde(borrow, default, rename = "_index")]
    index: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "_id")]
    id: Option<Cow<'a, str>>,
}

impl<'de> Deserialize<'de> for Action<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ActionVisitor)
    }
}

struct ActionVisitor;

impl<'de> Visitor<'de> for ActionVisitor {
    type Value = Action<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an action such as `{\"create\":{}}`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Action<'de>, A::Error> {
        let name: Option<Cow<'de, str>> = members.next_key()?;
        let Some(kind) = name.as_deref().and_then(Kind::of) else {
            return Err(A::Error::custom(
                "expected an action: `index`, `create`, `update` or `delete`",
            ));
        };
        let target: Option<Target<'de>> = members.next_value()?;
        if members.next_key::<IgnoredAny>()?.is_some() {
            return Err(A::Error::custom("expected one action a line, found another in it"));
        }
        let Target { index, id } = target.unwrap_or_default();
        Ok(Action { kind, index, id })
    }
}

//! What is asked of the server about records' times. Its answer may hold more than what is wanted: the
//! client looks at each record's event time itself.

use crate::{Order, Prune};
use bson::{DateTime, Document, doc};
use woodpile_record::name;

/// Every BSON type but Date that some writer may have left in `timestamp`.
const NOT_DATES: [&str; 19] = [
    "double",
    "string",
    "object",
    "array",
    "binData",
    "objectId",
    "bool",
    "regex",
    "int",
    "timestamp",
    "long",
    "decimal",
    "javascript",
    "javascriptWithScope",
    "undefined",
    "symbol",
    "dbPointer",
    "minKey",
    "maxKey",
];

/// Records whose `timestamp` is a Date that the prune leaves.
pub(super) fn dated(prune: &Prune) -> Document {
    let mut range = Document::new();
    if let Some(since) = prune.since {
        range.insert("$gte", DateTime::from_millis(since));
    }
    if let Some(until) = prune.until {
        range.insert("$lt", DateTime::from_millis(until));
    }
    if range.is_empty() {
        range.insert("$type", "date");
    }
    doc! { name::TIMESTAMP: range }
}

/// Records whose `timestamp` is something else or missing, in a form for which an index is of use.
pub(super) fn undated() -> Document {
    let types: Vec<&str> = NOT_DATES.to_vec();
    doc! { "$or": [ { name::TIMESTAMP: null }, { name::TIMESTAMP: { "$type": types } } ] }
}

/// The same in a form that every server takes.
pub(super) fn undated_plainly() -> Document {
    doc! { name::TIMESTAMP: { "$not": { "$type": "date" } } }
}

/// By time, then `_id`.
pub(super) fn sort(order: Order) -> Document {
    let direction = match order {
        Order::OldestFirst => 1,
        Order::NewestFirst => -1,
    };
    doc! { name::TIMESTAMP: direction, name::ID: direction }
}

//! Which fields a record has.

use std::collections::BTreeSet;
use woodpile_record::{RawBsonRef, RawDocument};

/// How deep documents within documents are looked into, as blocks look into them.
const MAX_DEPTH: usize = 100;

/// The dotted paths of a record's fields, each once: those of documents within are told by themselves, an array is one
/// field, as is a document without fields.
pub(crate) fn field_paths(record: &RawDocument) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    add("", record, 1, &mut paths);
    paths
}

fn add(outer: &str, document: &RawDocument, depth: usize, paths: &mut BTreeSet<String>) {
    for (key, value) in document.into_iter().filter_map(Result::ok) {
        let path = format!("{outer}{key}");
        match value {
            RawBsonRef::Document(inner) if depth < MAX_DEPTH && !inner.is_empty() => {
                add(&format!("{path}."), inner, depth + 1, paths);
            }
            _ => {
                paths.insert(path);
            }
        }
    }
}

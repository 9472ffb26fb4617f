//! Every limit of a record, in one place.

/// The most bytes an entry may take as BSON; a larger one is cut, marked and keeps its original length.
pub const MAX_ENTRY_BYTES: usize = 2 * 1024 * 1024;
/// The most bytes a document of another writer may take: MongoDB's own limit.
pub const MAX_DOCUMENT_BYTES: usize = 16 * 1024 * 1024;
/// How deep documents and arrays may nest in an entry; what lies deeper becomes its JSON text.
pub const MAX_DEPTH: usize = 50;
/// How deep documents of other writers may nest: MongoDB's own limit.
pub const MAX_DOCUMENT_DEPTH: usize = 100;
/// The most own fields an entry keeps at its top level, and as many under `extra`; those beyond are counted in
/// `extra.droppedFields`.
pub const MAX_FIELDS: usize = 1_000;

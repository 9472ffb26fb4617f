use crate::limits::{MAX_COLLECTION_NAME_BYTES, MAX_COLLECTIONS};
use crate::{Body, Decoded};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use woodpile_record::{Batch, Entry, EventTime, IdSource, ObjectId};

/// What the names of Woodpile's own collections begin with, and those of a MongoDB server.
const OWN_PREFIXES: [&str; 2] = ["system.", "woodpile."];
/// What the names of collections end in that hold another's blocks.
const BLOCKS_SUFFIX: &str = ".blocks";

/// What whoever sends, or takes, adds to the records that do not say it themselves.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'o> {
    /// The collection that the request names, for all records that name none themselves.
    pub collection: Option<&'o str>,
    /// The sender's own, for all that neither record nor request has a place for.
    pub default_collection: Option<&'o str>,
    /// The app.
    pub app: Option<&'o str>,
    /// The machine.
    pub hostname: Option<&'o str>,
    /// Tags that every record gets.
    pub tags: &'o [String],
}

/// Puts records, as decoders hand them out, into one batch for each collection.
#[derive(Debug)]
pub struct Sheaf<'s> {
    origin: Origin<'s>,
    now: EventTime,
    ids: &'s IdSource,
    batches: Batches,
}

/// Records ready to be kept.
#[derive(Debug, Default)]
pub struct Batches {
    /// Those whose `_id` was just made.
    pub fresh: Vec<(Arc<str>, Batch)>,
    /// Those that came with an `_id`, or with a place that one follows from: they may be there already.
    pub brought: Vec<(Arc<str>, Batch)>,
}

impl Batches {
    /// How many records there are.
    pub fn len(&self) -> usize {
        self.all().map(|(_, batch)| batch.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all().all(|(_, batch)| batch.is_empty())
    }

    /// How many bytes the records take.
    pub fn bytes(&self) -> usize {
        self.all().map(|(_, batch)| batch.as_bytes().len()).sum()
    }

    fn all(&self) -> impl Iterator<Item = &(Arc<str>, Batch)> {
        self.fresh.iter().chain(&self.brought)
    }
}

impl<'s> Sheaf<'s> {
    /// Of records that arrive `now` from `origin`; `ids` gives those an `_id` that bring none.
    pub fn new(origin: Origin<'s>, now: EventTime, ids: &'s IdSource) -> Self {
        Self { origin, now, ids, batches: Batches::default() }
    }

    /// Adds a record.
    ///
    /// # Errors
    /// It names a collection that there cannot be, or one too many.
    pub fn add(&mut self, decoded: Decoded<'_>) -> Result<(), Misplaced> {
        match decoded.body {
            Body::Entry { entry, route, id } => {
                let own = self.origin.collection.or(self.origin.default_collection);
                let name = decoded.collection.as_deref().or(own).unwrap_or(route.collection());
                self.add_entry(name, entry, id)
            }
            Body::Document(document) => {
                let own = self.origin.collection.or(self.origin.default_collection);
                let name = decoded.collection.as_deref().or(own).unwrap_or(APPLICATION);
                batch(&mut self.batches.brought, name)?.push(document);
                Ok(())
            }
        }
    }

    fn add_entry(
        &mut self,
        name: &str,
        entry: Entry<'_>,
        id: Option<ObjectId>,
    ) -> Result<(), Misplaced> {
        let Origin { app, hostname, tags, .. } = self.origin;
        // As short-lived as what is added to it.
        let mut entry: Entry<'_> = entry;
        entry.app = entry.app.or(app.map(Cow::Borrowed));
        entry.hostname = entry.hostname.or(hostname.map(Cow::Borrowed));
        for tag in tags {
            if !entry.tags.iter().any(|own| own == tag) {
                entry.tags.push(Cow::Borrowed(tag));
            }
        }
        let (batches, id) = match id {
            Some(id) => (&mut self.batches.brought, id),
            None => (&mut self.batches.fresh, self.ids.next(self.now.seconds_u32())),
        };
        entry.encode_into(id, self.now, batch(batches, name)?);
        Ok(())
    }

    /// What was added, in its order within each collection.
    pub fn into_batches(self) -> Batches {
        self.batches
    }
}

/// Where documents go that say nothing of it.
const APPLICATION: &str = "application-log";

/// The batch of a collection; the first of its records makes it.
fn batch<'b>(
    batches: &'b mut Vec<(Arc<str>, Batch)>,
    name: &str,
) -> Result<&'b mut Batch, Misplaced> {
    let place = match batches.iter().position(|(own, _)| **own == *name) {
        Some(place) => place,
        None if batches.len() >= MAX_COLLECTIONS => return Err(Misplaced::TooMany),
        None => {
            check_name(name)?;
            batches.push((name.into(), Batch::new()));
            batches.len() - 1
        }
    };
    Ok(&mut batches[place].1)
}

/// Why a record has no collection to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misplaced {
    /// The name is empty, too long, or has characters that none may have.
    NoName {
        /// The name.
        name: String,
    },
    /// Woodpile itself, or MongoDB, has a collection of such a name.
    Reserved {
        /// The name.
        name: String,
    },
    /// The request names more collections than one may.
    TooMany,
}

impl fmt::Display for Misplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName { name } => write!(
                f,
                "`{}` names no collection: expected 1 to {MAX_COLLECTION_NAME_BYTES} bytes without `$`, quotes and \
                 control characters",
                name.escape_debug()
            ),
            Self::Reserved { name } => {
                write!(f, "the collection `{name}` is not for records: choose another name")
            }
            Self::TooMany => write!(
                f,
                "expected at most {MAX_COLLECTIONS} collections in one request: send the others in another"
            ),
        }
    }
}

impl std::error::Error for Misplaced {}

/// Whether records can go to a collection of this name.
///
/// # Errors
/// Says why not.
pub fn check_name(name: &str) -> Result<(), Misplaced> {
    let is_bad = |c: char| c.is_control() || matches!(c, '$' | '"');
    if name.is_empty() || name.len() > MAX_COLLECTION_NAME_BYTES || name.contains(is_bad) {
        let mut name = name.to_owned();
        name.truncate(name.floor_char_boundary(MAX_COLLECTION_NAME_BYTES));
        return Err(Misplaced::NoName { name });
    }
    let is_own = name == "woodpile" || OWN_PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    if is_own || name.ends_with(BLOCKS_SUFFIX) {
        return Err(Misplaced::Reserved { name: name.to_owned() });
    }
    Ok(())
}

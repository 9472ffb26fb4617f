//! Every limit of the MongoDB store, in one place.

use std::time::Duration;

/// How long a reachable server is looked for, unless the URI says `serverSelectionTimeoutMS`.
pub(super) const SERVER_SELECTION_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a connection may take to open, unless the URI says `connectTimeoutMS`.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long one insert, or a look that it needs, may take, unless the URI says `socketTimeoutMS`: a frozen server is an error then.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(15);
/// How long one portion of a read may take, unless the URI says `socketTimeoutMS`.
pub(super) const READ_TIMEOUT: Duration = Duration::from_mins(1);
/// How long the server is told of what is no longer needed when the store is dropped.
pub(super) const FAREWELL_TIMEOUT: Duration = Duration::from_secs(1);

/// The most bytes of records in one insert; a single record may be larger.
pub(super) const INSERT_BYTES: usize = 4 * 1024 * 1024;
/// The most records in one insert.
pub(super) const INSERT_RECORDS: usize = 10_000;

/// After so many refused inserts in a row an append gives up: it is not about single records then.
pub(super) const FRUITLESS_INSERTS: u32 = 1_000;

/// The most records in a portion of a read.
pub(super) const PORTION_RECORDS: usize = 1_000;
/// The bytes after which a portion of a read is complete.
pub(super) const PORTION_BYTES: usize = 4 * 1024 * 1024;
/// How many records are asked for by `_id` at once.
pub(super) const IDS_AT_ONCE: usize = 1_000;
/// How often in a row a read that broke off is taken up again.
pub(super) const RESUMES: u32 = 3;

/// Below this many records a collection is counted, above it the server's estimate is taken.
pub(super) const COUNTED_BELOW: u64 = 10_000;

/// How long a follower waits between two looks.
pub(super) const FOLLOW_INTERVAL: Duration = Duration::from_millis(500);
/// How many ids of a collection's end a follower takes as seen when it starts.
pub(super) const FOLLOW_TAIL: usize = 10_000;
/// After so many known ids in a row, walking back, a follower takes all that came before as known.
pub(super) const FOLLOW_KNOWN_RUN: usize = 100;
/// Every which look also asks for the ids of the last seconds.
pub(super) const FOLLOW_OVERLAP_EVERY: u32 = 10;
/// How far back those seconds reach, by the ids' time.
pub(super) const FOLLOW_OVERLAP_SECONDS: u32 = 60;
/// The most ids that a follower remembers for a collection, and takes at one look; the oldest are forgotten
/// first.
pub(super) const FOLLOW_REMEMBERED: usize = 500_000;

/// The bytes of a block in one document: few enough that a search pulls little more than it needs, and so many
/// that a document's own bytes and its index entry do not count.
pub(super) const CHUNK_BYTES: usize = 256 * 1024;
/// How many chunks of a block that is being read are kept in memory.
pub(super) const CACHED_CHUNKS: usize = 16;
/// The most blocks of a collection, those counted that were replaced a short while ago: their root is one document.
pub(super) const MAX_BLOCKS: usize = 50_000;
/// How long the chunks of a block that was replaced or unpacked stay for those who read it.
pub(super) const GARBAGE_STAYS: Duration = Duration::from_mins(15);
/// A lease whose beat stood still for so long may be taken.
pub(super) const LEASE_PATIENCE: Duration = Duration::from_secs(30);
/// So long after a beat a packer's delete still counts, by the server's clock; the rest of the patience is for clocks
/// that differ.
pub(super) const DELETE_WITHIN: Duration = Duration::from_secs(15);
const _: () = assert!(DELETE_WITHIN.as_secs() * 2 <= LEASE_PATIENCE.as_secs());
/// How often hot copies are deleted until they are gone.
pub(super) const REMOVE_TRIES: usize = 3;
/// What an entry of the index of `_id`s takes, about: the key, and where the document is.
pub(super) const INDEX_ENTRY_BYTES: u64 = 32;
/// The most portions of hot records that a read takes before it looks for blocks that are new.
pub(super) const WINDOW_PORTIONS: usize = 8;

//! What the server bounds, so that no client takes what others need.

use std::time::Duration;

/// The most bytes of a body as it comes: ten thousand records of common length take a tenth of it.
pub(crate) const MAX_BODY_BYTES: usize = 32 * 1024 * 1024;
/// The most bytes that a body may unpack to: a bomb of a few kilobytes stops there.
pub(crate) const MAX_UNPACKED_BYTES: usize = 64 * 1024 * 1024;
/// The most bytes of all bodies that are being read or decoded at once: what comes then waits a little.
pub(crate) const MAX_BODIES_BYTES: usize = 64 * 1024 * 1024;
/// How long a request waits for room for its body before it is told to come again.
pub(crate) const BODY_ROOM_PATIENCE: Duration = Duration::from_secs(5);
/// The room that a body of unknown length takes at once.
pub(crate) const BODY_STEP_BYTES: usize = 64 * 1024;
/// So short a body that is not compressed is decoded where it is read; longer ones go to a thread of their own.
pub(crate) const INLINE_BODY_BYTES: usize = 32 * 1024;

/// How many bodies are decoded at once: a few more than there are processors, as each may hold what it unpacked.
pub(crate) const MAX_DECODES: usize = 4;
/// How many searches run at once; more wait.
pub(crate) const MAX_SEARCHES: usize = 4;
/// How long a search waits for its turn before it is told to come again.
pub(crate) const SEARCH_PATIENCE: Duration = Duration::from_secs(10);
/// How long a search may go on without finding anything.
pub(crate) const SEARCH_TIME: Duration = Duration::from_secs(30);
/// How many answers are sent at once while their searches go on; each has a thread, which mostly waits for its reader.
pub(crate) const MAX_STREAMED: usize = 16;
/// The bytes of what is found that are sent as one.
pub(crate) const CHUNK_BYTES: usize = 64 * 1024;
/// How long what is found waits for more of it.
pub(crate) const CHUNK_DELAY: Duration = Duration::from_millis(50);
/// How many chunks may wait for a reader before the search does.
pub(crate) const CHUNKS_AHEAD: usize = 4;
/// The most neighbours of a record on each side.
pub(crate) const MAX_CONTEXT: u64 = 1_000;
/// The most values of a field that are listed.
pub(crate) const MAX_VALUES: u64 = 1_000;
/// The most buckets of a histogram.
pub(crate) const MAX_BUCKETS: u64 = 1_000;
/// The most who look at what arrives, at once.
pub(crate) const MAX_LIVE_READERS: usize = 4_000;
/// The most different queries among theirs: each record that arrives is looked at for each.
pub(crate) const MAX_LIVE_QUERIES: usize = 32;
/// How long one look for what arrives may wait.
pub(crate) const LIVE_LOOK: Duration = Duration::from_millis(500);
/// How long what arrived waits for more of it.
pub(crate) const LIVE_PAUSE: Duration = Duration::from_millis(50);
/// The bytes of events that are sent as one, about.
pub(crate) const LIVE_CHUNK_BYTES: usize = 32 * 1024;
/// How many of these wait for slow readers of a query; who is slower misses some.
pub(crate) const LIVE_CHUNKS: usize = 32;
/// The bytes a second that all readers together get, about: more than people read, less than a processor's time.
pub(crate) const LIVE_BYTES_PER_SECOND: f64 = 32.0 * 1024.0 * 1024.0;
/// So long a reader waits after each chunk, times the number of readers: what is sent to many is sent in larger parts.
pub(crate) const LIVE_PAUSE_OF_EACH: Duration = Duration::from_micros(200);
/// After so long a silence something is sent on a tail: proxies close what is silent for a minute, Heroku's for 55 seconds.
pub(crate) const TAIL_HEARTBEAT: Duration = Duration::from_secs(15);
/// The most events that a reader who comes again gets of those that it missed.
pub(crate) const TAIL_RESUMED: usize = 10_000;
/// About the most bytes of these.
pub(crate) const TAIL_RESUMED_BYTES: usize = 4 * 1024 * 1024;
/// How many small calls of the store (tokens, rules, statistics) run at once.
pub(crate) const MAX_STORE_CALLS: usize = 4;
/// Threads for all work that waits for a disk or takes a processor.
pub(crate) const MAX_BLOCKING_THREADS: usize = 32;

/// The most connections at once over HTTP by default.
pub(crate) const MAX_CONNECTIONS: usize = 12_000;
/// The most connections at once that bring syslog; one more is closed.
pub(crate) const MAX_SYSLOG_CONNECTIONS: usize = 1_000;
/// The bytes that are read at once from a connection of syslog, before they are kept and more is read.
pub(crate) const SYSLOG_READ_BYTES: usize = 64 * 1024;
/// The most bytes of datagrams that wait while others are kept: what comes then is dropped, and counted.
pub(crate) const MAX_DATAGRAMS_BYTES: usize = 8 * 1024 * 1024;
/// The bytes of a request's head.
pub(crate) const MAX_HEAD_BYTES: u32 = 32 * 1024;
/// The requests at once on a connection of HTTP/2.
pub(crate) const MAX_STREAMS: u32 = 128;
/// How many connections may wait to be accepted.
pub(crate) const BACKLOG: u32 = 4_096;

/// How long a request's head may take to come, and so how long a connection may be idle.
pub(crate) const HEAD_TIME: Duration = Duration::from_mins(1);
/// How long nothing of a body may come.
pub(crate) const BODY_IDLE: Duration = Duration::from_secs(30);
/// How long a whole body may take.
pub(crate) const BODY_TIME: Duration = Duration::from_mins(5);
/// How long a client may read nothing of what is sent to it.
pub(crate) const WRITE_STALL: Duration = Duration::from_mins(1);
/// How long a TLS handshake may take.
pub(crate) const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// How often a certificate's files are looked at.
pub(crate) const CERTIFICATE_CHECK: Duration = Duration::from_secs(5);
/// How long accepting pauses when the system gives no more files.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long a connection is read from after it was closed, so that the client can read the answer.
pub(crate) const LINGER: Duration = Duration::from_secs(10);
/// How long nothing may come then.
pub(crate) const LINGER_IDLE: Duration = Duration::from_millis(500);
/// The most bytes that are read then.
pub(crate) const MAX_LINGER_BYTES: usize = 64 * 1024 * 1024;
/// How long a server that is dropped takes to finish what is under way.
pub(crate) const DROP_DEADLINE: Duration = Duration::from_secs(5);
/// How long records that came before the end may take to be durable, however late it is.
pub(crate) const ANSWER_LEAST: Duration = Duration::from_millis(500);

/// The most tags that a request may name, and the bytes of each, as Loggly's clients bound them.
pub(crate) const MAX_TAGS: usize = 64;
pub(crate) const MAX_TAG_BYTES: usize = 64;
/// How many searches of Loggly's clients are known whose events may yet be fetched.
pub(crate) const MAX_RSIDS: usize = 1_000;
/// The most events of a search that Loggly's clients may fetch by page.
pub(crate) const MAX_EVENTS: usize = 5_000;
/// The most events of a page when they fetch without an end.
pub(crate) const MAX_ITERATED: usize = 1_000;
/// The most hosts and apps whose volumes are counted apart.
pub(crate) const MAX_VOLUME_GROUPS: usize = 10_000;
/// How long a server waits at its start for a store that is open already to be the intake's, too.
pub(crate) const READY_PATIENCE: Duration = Duration::from_secs(1);
/// How often it looks.
pub(crate) const READY_STEP: Duration = Duration::from_millis(1);

//! A store that fails when told to, and what the tests have in common.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender as ChannelSender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use woodpile_keep::{Connect, Counters, Keeper, Notice, Notices, Retry, Settings};
use woodpile_record::{
    Batch, Entry, EventTime, IdSource, ObjectId, RawBsonRef, RawDocument, Record, View,
};
use woodpile_store::{
    Appended, CollectionStats, Finding, Follower, Identity, MemorySpool, MemoryStore, Order, Prune,
    Rows, Spool, SpoolKey, Store, StoreError,
};

/// Far longer than anything here takes: an event that does not come fails the test.
pub const LONG: Duration = Duration::from_secs(60);

static IDS: IdSource = IdSource::new(*b"tests");

/// A record whose message is its number.
pub fn record(number: u64) -> Record {
    let entry = Entry { message: number.to_string().into(), ..Entry::default() };
    entry.encode(IDS.next(1), EventTime::from_millis(1_000))
}

fn id_of(document: &RawDocument) -> ObjectId {
    let Some(RawBsonRef::ObjectId(id)) = View::of(document).id() else { panic!("no id") };
    id
}

pub fn number(document: &RawDocument) -> u64 {
    View::of(document).message().unwrap().parse().unwrap()
}

/// What happens to one append.
pub enum Verdict {
    Do,
    Fail(StoreError),
    /// The store has the records, but its answer is lost.
    LoseAnswer,
    Panic,
}

pub fn unavailable() -> StoreError {
    StoreError::Unavailable { location: "there".into(), reason: "asleep".into() }
}

pub fn rejected() -> StoreError {
    StoreError::Rejected { place: "there".into(), reason: "it is poison".into() }
}

type Judge = Box<dyn Fn(&[(&str, &Batch)]) -> Verdict + Send + Sync>;

/// A memory store behind a judge that is asked before each append, and may block.
pub struct FaultyStore {
    inner: MemoryStore,
    judge: Mutex<Arc<Judge>>,
    appends: AtomicU64,
    /// When each record arrived first.
    arrivals: Mutex<HashMap<ObjectId, usize>>,
}

impl std::fmt::Debug for FaultyStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FaultyStore")
    }
}

impl FaultyStore {
    pub fn new(judge: impl Fn(&[(&str, &Batch)]) -> Verdict + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryStore::new(),
            judge: Mutex::new(Arc::new(Box::new(judge))),
            appends: AtomicU64::new(0),
            arrivals: Mutex::default(),
        })
    }

    pub fn healthy() -> Arc<Self> {
        Self::new(|_| Verdict::Do)
    }

    pub fn away() -> Arc<Self> {
        Self::new(|_| Verdict::Fail(unavailable()))
    }

    pub fn judged_by(&self, judge: impl Fn(&[(&str, &Batch)]) -> Verdict + Send + Sync + 'static) {
        *self.judge.lock().unwrap() = Arc::new(Box::new(judge));
    }

    pub fn recovers(&self) {
        self.judged_by(|_| Verdict::Do);
    }

    fn note_arrivals(&self, batches: &[(&str, &Batch)]) {
        let mut arrivals = self.arrivals.lock().unwrap();
        for document in batches.iter().flat_map(|(_, batch)| batch.iter()) {
            let position = arrivals.len();
            arrivals.entry(id_of(document)).or_insert(position);
        }
    }

    pub fn appends(&self) -> u64 {
        self.appends.load(Ordering::SeqCst)
    }

    /// The messages of a collection's records, in the order of their arrival.
    pub fn messages(&self, collection: &str) -> Vec<String> {
        let prune = Prune::NONE;
        let mut rows = self.inner.read(collection, &prune, Order::OldestFirst).unwrap();
        let mut messages: Vec<(ObjectId, String)> = Vec::new();
        while let Some(batch) = rows.next().unwrap() {
            messages.extend(batch.iter().map(|document| {
                let view = View::of(document);
                (id_of(document), view.message().unwrap().to_owned())
            }));
        }
        let arrivals = self.arrivals.lock().unwrap();
        messages.sort_by_key(|(id, _)| arrivals[id]);
        messages.into_iter().map(|(_, message)| message).collect()
    }
}

impl Store for FaultyStore {
    fn location(&self) -> String {
        "there".into()
    }

    fn append(
        &self,
        batches: &[(&str, &Batch)],
        identity: Identity,
    ) -> Result<Appended, StoreError> {
        let judge = Arc::clone(&self.judge.lock().unwrap());
        self.appends.fetch_add(1, Ordering::SeqCst);
        match judge(batches) {
            Verdict::Fail(error) => Err(error),
            Verdict::Panic => panic!("a bug in a driver"),
            verdict => {
                let appended = self.inner.append(batches, identity)?;
                self.note_arrivals(batches);
                if matches!(verdict, Verdict::Do) { Ok(appended) } else { Err(unavailable()) }
            }
        }
    }

    fn collections(&self) -> Result<Vec<CollectionStats>, StoreError> {
        self.inner.collections()
    }

    fn read(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        self.inner.read(collection, prune, order)
    }

    fn follow(&self) -> Result<Box<dyn Follower + '_>, StoreError> {
        self.inner.follow()
    }

    fn check(&self, deep: bool) -> Result<Vec<Finding>, StoreError> {
        self.inner.check(deep)
    }
}

/// A door that is shut until somebody opens it, and tells that somebody came.
#[derive(Clone, Default)]
pub struct Door(Arc<(Mutex<DoorState>, Condvar)>);

#[derive(Default)]
struct DoorState {
    open: bool,
    came: bool,
}

impl Door {
    pub fn pass(&self) {
        let mut state = self.0.0.lock().unwrap();
        state.came = true;
        self.0.1.notify_all();
        while !state.open {
            state = self.0.1.wait(state).unwrap();
        }
    }

    pub fn open(&self) {
        self.0.0.lock().unwrap().open = true;
        self.0.1.notify_all();
    }

    pub fn wait_for_somebody(&self) {
        let state = self.0.0.lock().unwrap();
        let waited = self.0.1.wait_timeout_while(state, LONG, |state| !state.came).unwrap();
        assert!(!waited.1.timed_out(), "nobody came");
    }
}

/// A spool that outlives its keeper, as a file does.
#[derive(Debug, Clone)]
pub struct LastingSpool(Arc<MemorySpool>);

impl LastingSpool {
    pub fn new(max_bytes: u64) -> Self {
        Self(Arc::new(MemorySpool::new(max_bytes)))
    }

    pub fn boxed(&self) -> Option<Box<dyn Spool>> {
        Some(Box::new(self.clone()))
    }
}

impl Spool for LastingSpool {
    fn put(&self, batches: &[(&str, &Batch)]) -> Result<(), StoreError> {
        self.0.put(batches)
    }

    fn oldest(&self) -> Result<Option<(SpoolKey, Vec<woodpile_store::Followed>)>, StoreError> {
        self.0.oldest()
    }

    fn remove(&self, key: SpoolKey) -> Result<(), StoreError> {
        self.0.remove(key)
    }

    fn waiting(&self) -> Result<(u64, u64), StoreError> {
        self.0.waiting()
    }
}

/// Settings with which everything happens at once.
pub fn quick() -> Settings {
    let retry = Retry { first: Duration::from_millis(1), max: Duration::from_millis(2) };
    Settings { linger: Duration::from_millis(1), retry, ..Settings::default() }
}

pub fn connect_to(store: &Arc<FaultyStore>) -> Connect {
    let store = Arc::clone(store);
    Box::new(move || Ok(Arc::clone(&store) as Arc<dyn Store>))
}

/// A keeper, and what it tells.
pub fn start(
    connect: Connect,
    spool: Option<Box<dyn Spool>>,
    settings: Settings,
) -> (Keeper, Receiver<Notice>) {
    let (teller, notices): (ChannelSender<Notice>, _) = channel();
    let teller = Mutex::new(teller);
    let tell: Notices = Box::new(move |notice| {
        // The test may have ended.
        let _ = teller.lock().unwrap().send(notice.clone());
    });
    (Keeper::start(connect, spool, tell, settings).unwrap(), notices)
}

/// The first notice that `wanted` accepts.
pub fn await_notice(notices: &Receiver<Notice>, wanted: impl Fn(&Notice) -> bool) -> Notice {
    loop {
        let notice = notices.recv_timeout(LONG).expect("the notice did not come");
        if wanted(&notice) {
            return notice;
        }
    }
}

pub fn numbers(range: std::ops::Range<u64>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

/// Nothing may be unaccounted for.
pub fn assert_balanced(counters: &Counters) {
    let known = counters.stored + counters.spooled + counters.waiting + counters.dropped.total();
    assert_eq!(counters.sent + counters.recovered, known, "{counters:?}");
    assert_eq!(counters.waiting, 0, "{counters:?}");
}

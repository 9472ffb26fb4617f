//! A store that fails when told to, and what the tests have in common.

use bson::Document;
use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender as ChannelSender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;
use woodpile_keep::{
    Connect, Counters, Delivery, Intake, IntakeSettings, Keeper, Notice, Notices, Receipt, Refused,
    Retry, Settings,
};
use woodpile_record::{
    Batch, Entry, EventTime, IdSource, ObjectId, RawBsonRef, RawDocument, Record, View, find,
};
use woodpile_store::{
    Appended, BlockBytes, BlockEntry, BlockId, CollectionStats, Finding, Follower, Identity,
    MemorySpool, MemoryStore, Order, Packing, Prune, Rows, Spool, SpoolKey, State, Store,
    StoreError,
};

/// Far longer than anything here takes: an event that does not come fails the test.
pub(crate) const LONG: Duration = Duration::from_mins(1);

static IDS: IdSource = IdSource::new(*b"tests");

/// A record whose message is its number.
pub(crate) fn record(number: u64) -> Record {
    let entry = Entry { message: number.to_string().into(), ..Entry::default() };
    entry.encode(IDS.next(1), EventTime::from_millis(1_000))
}

fn id_of(document: &RawDocument) -> ObjectId {
    let Some(RawBsonRef::ObjectId(id)) = View::of(document).id() else { panic!("no id") };
    id
}

/// What happens to one append.
pub(crate) enum Verdict {
    Do,
    Fail(StoreError),
    /// The store has the records, but its answer is lost.
    LoseAnswer,
    Panic,
}

pub(crate) fn unavailable() -> StoreError {
    StoreError::Unavailable { location: "there".into(), reason: "asleep".into() }
}

pub(crate) fn rejected() -> StoreError {
    StoreError::Rejected { place: "there".into(), reason: "it is poison".into() }
}

type Judge = Box<dyn Fn(&[(&str, &Batch)]) -> Verdict + Send + Sync>;

/// A memory store behind a judge that is asked before each append, and may block.
pub(crate) struct FaultyStore {
    inner: MemoryStore,
    judge: Mutex<Arc<Judge>>,
    /// When each record arrived first.
    arrivals: Mutex<HashMap<ObjectId, usize>>,
    arrived: Condvar,
    /// Whoever wants to pack has to pass.
    packing: Mutex<Option<Door>>,
}

impl std::fmt::Debug for FaultyStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FaultyStore")
    }
}

impl FaultyStore {
    pub(crate) fn new(
        judge: impl Fn(&[(&str, &Batch)]) -> Verdict + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryStore::new(),
            judge: Mutex::new(Arc::new(Box::new(judge))),
            arrivals: Mutex::default(),
            arrived: Condvar::new(),
            packing: Mutex::default(),
        })
    }

    pub(crate) fn healthy() -> Arc<Self> {
        Self::new(|_| Verdict::Do)
    }

    pub(crate) fn away() -> Arc<Self> {
        Self::new(|_| Verdict::Fail(unavailable()))
    }

    pub(crate) fn judged_by(
        &self,
        judge: impl Fn(&[(&str, &Batch)]) -> Verdict + Send + Sync + 'static,
    ) {
        *self.judge.lock().unwrap() = Arc::new(Box::new(judge));
    }

    pub(crate) fn recovers(&self) {
        self.judged_by(|_| Verdict::Do);
    }

    fn note_arrivals(&self, batches: &[(&str, &Batch)]) {
        let mut arrivals = self.arrivals.lock().unwrap();
        for document in batches.iter().flat_map(|(_, batch)| batch.iter()) {
            let position = arrivals.len();
            arrivals.entry(id_of(document)).or_insert(position);
        }
        self.arrived.notify_all();
    }

    /// Waits until so many records have arrived.
    pub(crate) fn wait_for(&self, records: usize) {
        let arrivals = self.arrivals.lock().unwrap();
        let waited = self.arrived.wait_timeout_while(arrivals, LONG, |all| all.len() < records);
        assert!(!waited.unwrap().1.timed_out(), "{records} records did not arrive");
    }

    /// Lets nobody pack before the door is open.
    pub(crate) fn packs_behind(&self, door: &Door) {
        *self.packing.lock().unwrap() = Some(door.clone());
    }

    /// A collection's records, in the order of their arrival.
    pub(crate) fn records(&self, collection: &str) -> Vec<Record> {
        let prune = Prune::NONE;
        let mut rows = self.inner.read(collection, &prune, Order::OldestFirst).unwrap();
        let mut records = Vec::new();
        while let Some(batch) = rows.next().unwrap() {
            let copies = batch.iter().map(|document| document.as_bytes().to_vec());
            records.extend(copies.map(|bytes| Record::from_bytes(bytes).unwrap()));
        }
        let arrivals = self.arrivals.lock().unwrap();
        records.sort_by_key(|record| arrivals[&id_of(record.as_document())]);
        records
    }

    /// Their messages, but for those of the keeper's own reports.
    pub(crate) fn messages(&self, collection: &str) -> Vec<String> {
        let records = self.records(collection);
        let views = records.iter().map(|record| View::of(record.as_document()));
        let theirs = views.filter(|view| view.logger_name() != Some("woodpile"));
        theirs.filter_map(View::message).map(str::to_owned).collect()
    }

    /// How many records the reports in a collection say were dropped.
    pub(crate) fn reported(&self, collection: &str) -> usize {
        let records = self.records(collection);
        let counts =
            records.iter().filter_map(|record| find(record.as_document(), "dropped.records"));
        counts.map(|count| usize::try_from(count.as_i32().unwrap()).unwrap()).sum()
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

    fn hot(
        &self,
        collection: &str,
        prune: &Prune,
        order: Order,
    ) -> Result<Box<dyn Rows + '_>, StoreError> {
        self.inner.hot(collection, prune, order)
    }

    fn blocks(&self, collection: &str) -> Result<Vec<BlockEntry>, StoreError> {
        self.inner.blocks(collection)
    }

    fn block(&self, collection: &str, id: BlockId) -> Result<Box<dyn BlockBytes + '_>, StoreError> {
        self.inner.block(collection, id)
    }

    fn packing(&self, _: &str) -> Result<Option<Box<dyn Packing + '_>>, StoreError> {
        let door = self.packing.lock().unwrap().clone();
        door.as_ref().map(Door::pass);
        Err(StoreError::Failed { location: self.location(), reason: "no packing here".into() })
    }

    fn state(&self, name: &str) -> Result<Option<State>, StoreError> {
        self.inner.state(name)
    }

    fn states(&self, prefix: &str) -> Result<Vec<State>, StoreError> {
        self.inner.states(prefix)
    }

    fn set_state(
        &self,
        name: &str,
        expected: Option<ObjectId>,
        document: Option<&Document>,
    ) -> Result<bool, StoreError> {
        self.inner.set_state(name, expected, document)
    }

    fn check(&self, deep: bool) -> Result<Vec<Finding>, StoreError> {
        self.inner.check(deep)
    }
}

/// A door that is shut until somebody opens it, and tells that somebody came.
#[derive(Clone, Default)]
pub(crate) struct Door(Arc<(Mutex<DoorState>, Condvar)>);

#[derive(Default)]
struct DoorState {
    open: bool,
    came: bool,
}

impl Door {
    pub(crate) fn pass(&self) {
        let mut state = self.0.0.lock().unwrap();
        state.came = true;
        self.0.1.notify_all();
        while !state.open {
            state = self.0.1.wait(state).unwrap();
        }
    }

    pub(crate) fn open(&self) {
        self.0.0.lock().unwrap().open = true;
        self.0.1.notify_all();
    }

    pub(crate) fn wait_for_somebody(&self) {
        let state = self.0.0.lock().unwrap();
        let waited = self.0.1.wait_timeout_while(state, LONG, |state| !state.came).unwrap();
        assert!(!waited.1.timed_out(), "nobody came");
    }
}

/// A spool that outlives its keeper, as a file does.
#[derive(Debug, Clone)]
pub(crate) struct LastingSpool(Arc<MemorySpool>);

impl LastingSpool {
    pub(crate) fn new(max_bytes: u64) -> Self {
        Self(Arc::new(MemorySpool::new(max_bytes)))
    }

    /// How many records are in it.
    pub(crate) fn left(&self) -> u64 {
        self.0.waiting().unwrap().0
    }

    pub(crate) fn boxed(&self) -> Box<dyn Spool> {
        Box::new(self.clone())
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
pub(crate) fn quick() -> Settings {
    let retry = Retry { first: Duration::from_millis(1), max: Duration::from_millis(2) };
    Settings { linger: Duration::from_millis(1), retry, ..Settings::default() }
}

pub(crate) fn connect_to(store: &Arc<FaultyStore>) -> Connect {
    let store = Arc::clone(store);
    Box::new(move || Ok(Arc::clone(&store) as Arc<dyn Store>))
}

/// A keeper, and what it tells.
pub(crate) fn start(
    connect: Connect,
    spool: Option<Box<dyn Spool>>,
    settings: Settings,
) -> (Keeper, Receiver<Notice>) {
    let (tell, notices) = listener();
    (Keeper::start(connect, spool, tell, settings).unwrap(), notices)
}

/// Hears what is told.
fn listener() -> (Notices, Receiver<Notice>) {
    let (teller, notices): (ChannelSender<Notice>, _) = channel();
    let teller = Mutex::new(teller);
    let tell: Notices = Box::new(move |notice| {
        // The test may have ended.
        let _ = teller.lock().unwrap().send(notice.clone());
    });
    (tell, notices)
}

/// An intake, and what it tells.
pub(crate) fn open(
    connect: Connect,
    spool: Option<&LastingSpool>,
    settings: IntakeSettings,
) -> (Intake, Receiver<Notice>) {
    let (tell, notices) = listener();
    let spool = spool.map(LastingSpool::boxed);
    (Intake::start(connect, spool, tell, settings).unwrap(), notices)
}

/// An intake with which everything happens at once.
pub(crate) fn brisk() -> IntakeSettings {
    IntakeSettings { retry: quick().retry, ..IntakeSettings::default() }
}

/// Records with these numbers.
pub(crate) fn batch(numbers: impl IntoIterator<Item = u64>) -> Batch {
    let records: Vec<_> = numbers.into_iter().map(record).collect();
    records.iter().map(Record::as_document).collect()
}

/// What becomes of a delivery, once that is known.
pub(crate) struct Pending(Receiver<Result<Receipt, Refused>>);

impl Pending {
    /// The answer, and that it was the only one.
    pub(crate) fn answer(self) -> Result<Receipt, Refused> {
        let answer = self.0.recv_timeout(LONG).expect("no answer came");
        // Disconnected once the delivery is forgotten, which is at once.
        assert!(self.0.recv_timeout(LONG).is_err(), "a second answer came");
        answer
    }
}

pub(crate) fn deliver(intake: &Intake, name: &str, batch: Batch, identity: Identity) -> Pending {
    deliver_all(intake, vec![(name.into(), batch)], identity)
}

pub(crate) fn deliver_all(
    intake: &Intake,
    batches: Vec<(Arc<str>, Batch)>,
    identity: Identity,
) -> Pending {
    let (teller, answer) = channel();
    let tell = move |outcome| teller.send(outcome).unwrap_or_default();
    intake.deliver(Delivery { batches, identity }, tell);
    Pending(answer)
}

/// The first notice that `wanted` accepts.
pub(crate) fn await_notice(notices: &Receiver<Notice>, wanted: impl Fn(&Notice) -> bool) -> Notice {
    loop {
        let notice = notices.recv_timeout(LONG).expect("the notice did not come");
        if wanted(&notice) {
            return notice;
        }
    }
}

pub(crate) fn numbers(range: std::ops::Range<u64>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

/// Nothing may be unaccounted for.
pub(crate) fn assert_balanced(counters: &Counters) {
    let known = counters.stored
        + counters.spooled
        + counters.waiting
        + counters.refused
        + counters.dropped.total();
    assert_eq!(counters.sent + counters.recovered, known, "{counters:?}");
    assert_eq!(counters.waiting, 0, "{counters:?}");
}

//! So many records alike that their texts are kept as templates, and their values as numbers of dictionaries.

use crate::find::{QUESTIONS, found_by, matcher, names, plainly};
use crate::records::COLLECTIONS;
use crate::stores::{State, fill};
use crate::work::{PIPES, worked};
use bson::oid::ObjectId;
use bson::raw::RawDocumentBuf;
use bson::{DateTime, rawdoc};
use std::sync::{Arc, OnceLock};
use woodpile_block::{Block, BlockError, Bytes, Layout};
use woodpile_search::{Question, Search, Watch};
use woodpile_store::{BlockBytes, MemoryStore, Order, Prune, Store};

const RECORDS: u32 = 6_000;
const START: i64 = 1_700_000_000_000;

/// Steps through values in an order that has no pattern, the same each time.
fn pick<'v>(values: &[&'v str], number: u32, salt: u32) -> &'v str {
    let mixed = number.wrapping_add(salt).wrapping_mul(2_654_435_761) >> 16;
    values[mixed as usize % values.len()]
}

fn record(number: u32) -> (usize, RawDocumentBuf) {
    let mut id = [0; 12];
    id[8..].copy_from_slice(&number.to_be_bytes());
    let time = DateTime::from_millis(START + i64::from(number) * 40_000);
    let host = format!("10.0.{}.{}", number % 7, number * 31 % 251);
    let path = pick(&["/", "/cart", "/cart/checkout", "/api/v1/users/17", "/über"], number, 1);
    let status: i32 = pick(&["200", "200", "200", "404", "503"], number, 2).parse().unwrap();
    let bytes = i64::from(number.wrapping_mul(48_271) % 90_000);
    if number.is_multiple_of(3) {
        let level = pick(&["INFO", "INFO", "WARNING", "ERROR"], number, 3);
        let word = pick(&["timeout", "cart", "checkout", "über", "x_1"], number, 4);
        let user = i32::try_from(number * 17 % 997).unwrap();
        let mut record = rawdoc! {
            "_id": ObjectId::from_bytes(id), "timestamp": time, "level": level,
            "message": format!("{word} of user {user} after {}.{} s", number % 13, number % 10),
            "loggerName": "shop.cart", "userId": user, "took": f64::from(number % 71) / 4.0,
        };
        if number.is_multiple_of(30) {
            record.append(bson::cstr!("exception"), rawdoc! { "type": "KeyError", "n": user });
        }
        return (1, record);
    }
    let message = format!(
        "{host} - - [14/Nov/2023:22:13:20 +0000] \"GET {path} HTTP/1.1\" {status} {bytes} \"-\" \"curl/8.{}\"",
        number % 3
    );
    if number % 11 == 5 {
        // As others write it: only the message tells of the request.
        let mut record =
            rawdoc! { "_id": ObjectId::from_bytes(id), "timestamp": time, "msg": message };
        if number.is_multiple_of(2) {
            record.append(bson::cstr!("hostname"), pick(&["web", "db"], number, 5));
        }
        if number % 5 == 1 {
            record.append(bson::cstr!("http"), "none");
        }
        return (1, record);
    }
    let record = rawdoc! {
        "_id": ObjectId::from_bytes(id), "timestamp": time, "level": "INFO", "message": message,
        "http": {
            "method": "GET", "path": path, "status": status, "bytes": bytes, "remoteAddr": host,
        },
    };
    (0, record)
}

/// With a message that is no UTF-8.
fn broken(number: u32) -> RawDocumentBuf {
    let mut id = [0; 12];
    id[8..].copy_from_slice(&number.to_be_bytes());
    let time = DateTime::from_millis(START + i64::from(number) * 40_000);
    let word = pick(&["timeout", "cart", "checkout"], number, 6);
    let record = rawdoc! {
        "_id": ObjectId::from_bytes(id), "timestamp": time, "level": "INFO",
        "message": format!("{word} of user {} caf\u{e9} {}", number % 7, word),
    };
    let mut bytes = record.into_bytes();
    let place = bytes.windows(2).position(|pair| pair == "\u{e9}".as_bytes());
    bytes[place.unwrap()] = 0xFF;
    RawDocumentBuf::from_bytes(bytes).unwrap()
}

struct Source<'s>(Box<dyn BlockBytes + 's>);

impl Bytes for Source<'_> {
    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, BlockError> {
        self.0.read(range).map_err(|error| BlockError::Source { reason: error.to_string() })
    }
}

/// A store that has all of them, most of them packed.
fn store() -> &'static Arc<dyn Store> {
    static STORE: OnceLock<Arc<dyn Store>> = OnceLock::new();
    STORE.get_or_init(|| {
        let store = MemoryStore::new();
        let records: Vec<_> = (0..RECORDS).map(record).collect();
        fill(&store, &records, &[State::Packed, State::Packed, State::Packed, State::Hot]);
        Arc::new(store)
    })
}

#[test]
fn they_are_kept_in_every_way() {
    let store = store();
    let mut layouts = Vec::new();
    for name in COLLECTIONS {
        for entry in store.blocks(name).unwrap() {
            let block = Block::open(Source(store.block(name, entry.id).unwrap())).unwrap();
            layouts.extend(block.columns().map(|column| column.layout));
        }
    }
    for layout in [Layout::Templates, Layout::Dictionary, Layout::Plain] {
        assert!(layouts.contains(&layout), "{layout:?} in {layouts:?}");
    }
}

/// Those that tell texts apart letter by letter.
const MORE_QUESTIONS: &[&str] = &[
    "*heckou*",
    "*GeT*",
    "che?kout",
    "*:/[a-z]{4}out of/",
    "*:/^10\\.0\\.[35]/",
    "*:/\\d{5} \"-\"/",
    "*:/s$/",
    "*:/\\bcart\\b/",
    "*:/[A-Z]{9}z/",
    "message:/user 1\\d+ after/",
    "message:*cart*",
    "message:\"of user 17\"",
    "\"of user 17 \"",
    "10.0.3.93",
    "10.0.3.93 checkout",
    "zzunseen",
    "zz* OR *zq0xv*",
    "-cart",
    "ÜBER",
    "took:>10",
    "took:>10 level:error",
    "status:>=500 path:/cart",
    "time:>2023-11-16 time:<2023-11-17 status:404",
    "curl",
    "8.1",
    "KeyError",
    "host:web",
    "hostname:web path:/cart",
    "http:none",
    "status:404 path:/cart",
    "http.bytes:>80000",
    "*:/caf/",
    "*:/\\bcheckout\\b/",
    "*:/\\buser\\b .*\\bs\\b/",
    "message:cart",
    "\"GET /cart\" 404",
    "\"get /cart http\"",
    "\"1.1\\\" 503\"",
    "10.0.3.93 curl 8.1",
    "14/Nov/2023",
    "nov",
    "+0000",
    "of",
];

#[test]
fn each_question_finds_what_a_loop_finds() {
    let search = Search::new(Arc::clone(store()));
    let times = Prune { since: Some(START + 9_000_000), until: Some(START + 70_000_000) };
    for text in QUESTIONS.iter().chain(MORE_QUESTIONS) {
        for (prune, order) in [(Prune::NONE, Order::NewestFirst), (times, Order::OldestFirst)] {
            let expected = plainly(&**store(), &matcher(text), &prune, order);
            let question = Question::new(matcher(text), prune, order);
            let found = found_by(&search, &question);
            assert_eq!(found.len(), expected.len(), "{text}");
            assert!(found == expected, "{text}");
        }
    }
}

#[test]
fn each_pipe_makes_what_it_makes_of_a_loop() {
    let search = Search::new(Arc::clone(store()));
    let times = Prune { since: Some(START + 9_000_000), until: Some(START + 70_000_000) };
    for pipes in PIPES {
        for text in ["*", "cart", "status:>=500", "level:error OR path:/cart"] {
            for prune in [Prune::NONE, times] {
                let (made, expected) = worked(&search, text, pipes, prune);
                assert_eq!(made, expected, "{text} | {pipes}, {prune:?}");
            }
        }
    }
}

#[test]
fn totals_are_those_of_a_loop() {
    let search = Search::new(Arc::clone(store()));
    let times = Prune { since: Some(START + 9_000_000), until: Some(START + 70_000_000) };
    for text in ["*", "cart", "status:>=500", "-level:info"] {
        for prune in [Prune::NONE, times] {
            crate::totals::check_all(&search, text, prune);
        }
    }
}

#[test]
fn fields_are_counted_without_a_record() {
    let search = Search::new(Arc::clone(store()));
    let packed = Prune { since: None, until: Some(START + 120_000_000) };
    let question = Question::new(matcher("cart"), packed, Order::NewestFirst);
    let tally = search.field_counts(&question, &names()).unwrap().tally;
    assert!(tally.groups > 0 && tally.unpacked == 0, "{tally:?}");
}

#[test]
fn a_text_that_is_no_utf8_is_found_by_nothing_in_it() {
    let record = |number: u32| if number % 31 == 7 { (1, broken(number)) } else { record(number) };
    let plain = MemoryStore::new();
    fill(&plain, &(0..2_000).map(record).collect::<Vec<_>>(), &[State::Packed]);
    let store: Arc<dyn Store> = Arc::new(plain);
    let search = Search::new(Arc::clone(&store));
    for text in ["cart", "*heckou*", "message:timeout", "*:/caf/", "*:/\\bcheckout\\b/", "-cart"] {
        let expected = plainly(&*store, &matcher(text), &Prune::NONE, Order::NewestFirst);
        let question = Question::new(matcher(text), Prune::NONE, Order::NewestFirst);
        assert!(found_by(&search, &question) == expected, "{text}");
    }
}

#[test]
fn a_count_of_everything_reads_no_row() {
    let search = Search::new(Arc::clone(store()));
    let query = woodpile_query::parse("* | stats count() by status").unwrap();
    let pipeline = woodpile_query::Pipeline::new(&query.pipes, &jiff::tz::TimeZone::UTC);
    let question = Question::new(matcher("*"), Prune::NONE, Order::NewestFirst);
    let tally = search.work(&question, &names()[..1], pipeline).unwrap().tally;
    assert_eq!((tally.groups, tally.unpacked), (0, 0), "{tally:?}");
    assert!(tally.summed_blocks > 0, "{tally:?}");
}

#[test]
fn a_word_that_is_nowhere_is_looked_for_in_no_record() {
    let search = Search::new(Arc::clone(store()));
    let question = Question::new(matcher("zzunseen"), Prune::NONE, Order::NewestFirst);
    let names = names();
    let mut found = search.find(&question, &names);
    assert!(found.advance().unwrap().is_none());
    let tally = found.tally();
    assert!(tally.skipped_by_words > 0, "{tally:?}");
    assert!(tally.read_bytes > 0 && tally.unpacked == 0, "{tally:?}");
    drop(found);
    let mut again = search.find(&question, &names);
    assert!(again.advance().unwrap().is_none());
    assert_eq!(again.tally().read_bytes, 0, "what was read is kept");
}

#[test]
fn a_search_ends_when_it_is_told_to() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use woodpile_search::SearchError;
    let search = Search::new(Arc::clone(store()));
    for patience in [0, 1, 5] {
        let left = AtomicUsize::new(patience);
        let question = Question::new(matcher("absent"), Prune::NONE, Order::NewestFirst);
        let question = question.watched_by(Watch::new(move || {
            let goes_on =
                left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
            goes_on.map(|_| ()).map_err(|_| SearchError::Stopped)
        }));
        assert_eq!(search.find(&question, &names()).advance().unwrap_err(), SearchError::Stopped);
    }
    let limit = std::time::Duration::from_secs(30);
    let error = SearchError::TooLong { limit }.to_string();
    assert!(error.contains("30s") && error.contains("narrow it"), "{error}");
}

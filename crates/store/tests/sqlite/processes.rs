//! Several processes share one file.

use crate::conformance::records::{batch, numbered, read, read_all, shown};
use crate::packed::{new_block, pack};
use crate::{another_process, told};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;
use woodpile_record::RawDocument;
use woodpile_store::{Identity, OpenOptions, Order, Prune, SqliteStore, Store};

const FILE: &str = "WOODPILE_TEST_FILE";
const FIRST: &str = "WOODPILE_TEST_FIRST";
const STEP: &str = "WOODPILE_TEST_STEP";

/// Records that a process appends, in batches of ten.
const RECORDS: u32 = 300;

fn start(path: &Path, first: u32, step: u32) -> Child {
    another_process("processes::appends_its_share")
        .env(FILE, path)
        .env(FIRST, first.to_string())
        .env(STEP, step.to_string())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn finish(children: Vec<Child>) {
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
}

#[test]
#[ignore = "run by the tests with several processes"]
fn appends_its_share() {
    let [first, step] = [FIRST, STEP].map(|name| told(name).parse::<u32>().unwrap());
    let store = SqliteStore::open(Path::new(&told(FILE)), &OpenOptions::WRITE).unwrap();
    let numbers: Vec<u32> = (0..RECORDS).map(|index| first + index * step).collect();
    for (chunk, identity) in
        numbers.chunks(10).zip([Identity::Fresh, Identity::Brought].iter().cycle())
    {
        let records = numbered(chunk.iter().copied());
        store.append(&[("log", &batch(&records))], *identity).unwrap();
    }
}

#[test]
fn two_write_while_one_reads_and_one_follows() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    let store = SqliteStore::open(&path, &OpenOptions::WRITE).unwrap();
    let mut follower = store.follow().unwrap();
    let children = vec![start(&path, 0, 2), start(&path, 1, 2)];
    let mut seen = Vec::new();
    while seen.len() < 2 * RECORDS as usize {
        let news = follower.poll(Duration::from_secs(30)).unwrap();
        assert!(!news.is_empty(), "{} came", seen.len());
        seen.extend(news.iter().flat_map(|news| news.batch.iter()).map(RawDocument::to_owned));
        // What was followed can be read.
        let mut now = read(&store, "log", &Prune::NONE, Order::NewestFirst);
        now.reverse();
        assert!(
            now.len() >= seen.len()
                && now.is_sorted_by_key(|record| record.get_object_id("_id").unwrap())
        );
    }
    finish(children);
    seen.sort_by_key(|record| record.get_object_id("_id").unwrap());
    assert_eq!(shown(&seen), shown(&numbered(0..2 * RECORDS)));
    assert_eq!(store.check(true).unwrap(), []);
}

#[test]
fn processes_that_bring_the_same_add_it_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    let records = numbered((0..RECORDS).map(|index| index * 5));
    let store = SqliteStore::open(&path, &OpenOptions::WRITE).unwrap();
    store.append(&[("log", &batch(&records))], Identity::Fresh).unwrap();
    let brought =
        another_process("processes::brings_what_is_there").env(FILE, &path).output().unwrap();
    assert!(brought.status.success());
    assert_eq!(shown(&read_all(&store, "log")), shown(&records));
}

#[test]
#[ignore = "run by processes_that_bring_the_same_add_it_once"]
fn brings_what_is_there() {
    let store = SqliteStore::open(Path::new(&told(FILE)), &OpenOptions::WRITE).unwrap();
    let records = numbered((0..RECORDS).map(|index| index * 5));
    let appended = store.append(&[("log", &batch(&records))], Identity::Brought).unwrap();
    assert_eq!((appended.added, appended.duplicates), (0, u64::from(RECORDS)));
}

#[test]
fn a_new_file_may_be_opened_by_many_at_once() {
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logs.db");
        finish((0..4).map(|first| start(&path, first, 4)).collect());
        let store = SqliteStore::open(&path, &OpenOptions::READ).unwrap();
        assert_eq!(shown(&read_all(&store, "log")), shown(&numbered(0..4 * RECORDS)));
    }
}

#[test]
fn of_two_processes_that_pack_one_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.db");
    let store = SqliteStore::open(&path, &OpenOptions::WRITE).unwrap();
    for chunk in numbered(0..RECORDS).chunks(100) {
        store.append(&[("log", &batch(chunk))], Identity::Fresh).unwrap();
    }
    let mut other = another_process("processes::packs_until_its_input_ends")
        .env(FILE, &path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("packed some")));
    assert!(store.packing("log").unwrap().is_none());
    assert_eq!(shown(&read_all(&store, "log")), shown(&numbered(0..RECORDS)));
    drop(other.stdin.take());
    assert!(lines.any(|line| line.contains("1 passed")));
    finish(vec![other]);
    pack(&store, "log", usize::MAX);
    assert_eq!(store.blocks("log").unwrap().len(), 2);
    assert_eq!(shown(&read_all(&store, "log")), shown(&numbered(0..RECORDS)));
    assert_eq!(store.check(true).unwrap(), []);
}

#[test]
#[ignore = "run by of_two_processes_that_pack_one_waits"]
fn packs_until_its_input_ends() {
    let store = SqliteStore::open(Path::new(&told(FILE)), &OpenOptions::WRITE).unwrap();
    let mut packing = store.packing("log").unwrap().unwrap();
    let portion = packing.hot(100, usize::MAX).unwrap();
    let block = new_block(&portion.batch);
    packing.pack(portion, block).unwrap();
    std::io::stdout().lock().write_all(b"packed some\n").unwrap();
    std::io::stdin().lock().read_to_end(&mut Vec::new()).unwrap();
}

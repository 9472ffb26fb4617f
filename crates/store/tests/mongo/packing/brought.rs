use super::{lease, packed};
use crate::support::{append, batch, fresh_store, read_all, record};
use bson::rawdoc;
use woodpile_store::{Appended, Store};

#[test]
fn what_a_block_has_is_not_added_again() {
    let Some((_, store)) = fresh_store() else { return };
    packed(&store, 0..2_000, 500);
    let appended = append(&store, &batch((1_200..2_100).map(record)));
    assert_eq!(appended, Appended { added: 100, duplicates: 800, conflicts: 0 });
    assert_eq!(read_all(&store), (0..2_100).map(record).collect::<Vec<_>>());
    assert_eq!(store.collections().unwrap()[0].records, 2_100);
}

#[test]
fn the_same_id_with_other_content_stays_beside_the_block() {
    let Some((_, store)) = fresh_store() else { return };
    packed(&store, 0..10, 10);
    let mut other = record(3);
    other.append(bson::raw::cstr!("other"), true);
    append(&store, &batch([other.clone()]));
    let mut expected: Vec<_> = (0..10).map(record).collect();
    let place = if other.as_bytes() < expected[3].as_bytes() { 3 } else { 4 };
    expected.insert(place, other);
    assert_eq!(read_all(&store), expected);
}

/// A copy that came between the look at the blocks and the insert is the same record all the same.
#[test]
fn a_copy_beside_its_block_is_read_once() {
    let Some((uri, store)) = fresh_store() else { return };
    packed(&store, 0..100, 50);
    crate::support::write_foreign(&uri, (20..60).map(record).collect());
    let expected: Vec<_> = (0..100).map(record).collect();
    assert_eq!(read_all(&store), expected);
    let portion = lease(&store).hot(5, usize::MAX).unwrap();
    assert_eq!(portion.batch.len(), 0, "no record gets into two blocks");
    let stats = &store.collections().unwrap()[0];
    assert_eq!((stats.hot_records, stats.records), (0, 100));
    assert_eq!(read_all(&store), expected);
}

#[test]
fn a_portion_has_at_most_so_many_records_or_bytes_and_at_least_one() {
    let Some((_, store)) = fresh_store() else { return };
    append(&store, &batch((0..100).map(record)));
    let size = record(0).as_bytes().len();
    for (records, bytes, expected) in
        [(7, usize::MAX, 7), (100, size * 3, 3), (100, 1, 1), (1_000, usize::MAX, 100)]
    {
        let portion = lease(&store).hot(records, bytes).unwrap();
        assert_eq!(portion.batch, batch((0..expected).map(record)), "{records} {bytes}");
    }
    let empty = rawdoc! {};
    assert!(size > empty.as_bytes().len());
}

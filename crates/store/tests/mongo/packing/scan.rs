//! A reader in the middle of a scan sees every record once, whatever is packed, merged or unpacked meanwhile.

use super::blocks::{merge, outlive_garbage};
use super::{lease, pack, packed, unpacked};
use crate::support::{append, batch, fresh_store, record};
use bson::raw::RawDocumentBuf;
use woodpile_record::RawDocument;
use woodpile_store::{MongoStore, Order, Prune, Store};

const RECORDS: u32 = 3_300;

/// Reads all, with a job done after each of the first portions.
fn check(store: &MongoStore, order: Order, jobs: &mut [&mut dyn FnMut()]) {
    let mut rows = store.read("log", &Prune::NONE, order).unwrap();
    let mut jobs = jobs.iter_mut();
    let mut read = Vec::new();
    while let Some(portion) = rows.next().unwrap() {
        read.extend(portion.iter().map(RawDocument::to_owned));
        if let Some(job) = jobs.next() {
            job();
        }
    }
    assert!(jobs.next().is_none(), "the scan ended before the jobs");
    let mut expected: Vec<RawDocumentBuf> = (0..RECORDS).map(record).collect();
    if order == Order::NewestFirst {
        expected.reverse();
    }
    assert!(read == expected, "{} records in {order:?}", read.len());
}

const ORDERS: [Order; 2] = [Order::OldestFirst, Order::NewestFirst];

#[test]
fn while_all_is_packed() {
    for order in ORDERS {
        let Some((_, store)) = fresh_store() else { return };
        append(&store, &batch((0..RECORDS).map(record)));
        check(&store, order, &mut [&mut || drop(pack(&mut *lease(&store), 700))]);
    }
}

#[test]
fn while_all_is_unpacked() {
    for order in ORDERS {
        let Some((_, store)) = fresh_store() else { return };
        let ids = packed(&store, 0..RECORDS, 700);
        let mut unpack = || {
            for &id in &ids {
                lease(&store).unpack(id, &unpacked(&store, id)).unwrap();
            }
        };
        check(&store, order, &mut [&mut unpack]);
    }
}

#[test]
fn while_blocks_are_merged_and_the_old_ones_vanish() {
    for order in ORDERS {
        let Some((uri, store)) = fresh_store() else { return };
        let ids = packed(&store, 0..RECORDS, 700);
        let mut replace = || {
            merge(&store, &ids, 0..RECORDS);
            outlive_garbage(&uri);
            drop(lease(&store));
        };
        check(&store, order, &mut [&mut replace]);
    }
}

#[test]
fn while_hot_records_are_packed_unpacked_and_packed_again() {
    for order in ORDERS {
        let Some((uri, store)) = fresh_store() else { return };
        append(&store, &batch((0..RECORDS).rev().map(record)));
        let mut pack_half = || {
            let mut packing = lease(&store);
            for _ in 0..4 {
                let portion = packing.hot(400, usize::MAX).unwrap();
                let block = super::block_of(&portion.batch);
                packing.pack(portion, block).unwrap();
            }
        };
        let mut unpack = || {
            for entry in store.blocks("log").unwrap() {
                lease(&store).unpack(entry.id, &unpacked(&store, entry.id)).unwrap();
            }
            outlive_garbage(&uri);
            drop(lease(&store));
        };
        let mut pack_all = || drop(pack(&mut *lease(&store), 900));
        check(&store, order, &mut [&mut pack_half, &mut unpack, &mut pack_all]);
    }
}

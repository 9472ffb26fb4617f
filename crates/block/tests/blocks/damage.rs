//! Bytes that are not what was written are an error that names the part; never a panic, never other records.

use crate::support::{access, batch, unpack_all};
use bson::Document;
use proptest::prelude::*;
use woodpile_block::{Block, BlockError, Bytes, Effort, pack};

fn block(rows: i64) -> Vec<u8> {
    let documents: Vec<Document> = (0..rows).map(access).collect();
    pack(&batch(&documents), Effort::Quick).expect("a block").bytes
}

/// What reading says that needs every part: what helps to find, too.
fn read_all(bytes: &[u8]) -> Result<Vec<u8>, BlockError> {
    let block = Block::open(bytes)?;
    block.ids()?;
    block.summary()?;
    block.filter()?;
    unpack_all(bytes)
}

#[test]
fn every_cut_is_an_error() {
    let bytes = block(20);
    for length in 0..bytes.len() {
        let error = read_all(&bytes[..length]).expect_err("an error");
        assert!(matches!(error, BlockError::Damaged { .. } | BlockError::NotABlock), "{error}");
    }
}

#[test]
fn every_flipped_byte_is_an_error() {
    let mut bytes = block(20);
    for at in 0..bytes.len() {
        bytes[at] ^= 0x10;
        assert!(read_all(&bytes).is_err(), "byte {at}");
        bytes[at] ^= 0x10;
    }
    assert!(read_all(&bytes).is_ok());
}

fn check_error(bytes: &[u8], expected: &str) {
    assert_eq!(read_all(bytes).expect_err("an error").to_string(), expected);
}

#[test]
fn errors_name_what_is_wrong() {
    let bytes = block(20);
    check_error(b"no block at all", "the bytes are not a block of records");
    let newer = [&bytes[..4], &[3], &bytes[5..]].concat();
    check_error(
        &newer,
        "the block has version 3, newer than the 2 that this woodpile reads: install a newer release",
    );
    let mut head = bytes.clone();
    head[20] ^= 1;
    check_error(&head, "the block's head: damaged");
    let mut end = bytes.clone();
    *end.last_mut().unwrap() ^= 1;
    check_error(&end, "the whole records of group 0: damaged");
}

#[test]
fn a_group_that_is_not_there_is_an_error() {
    let bytes = block(3);
    let error = Block::open(bytes).expect("a block").unpack(1).expect_err("an error");
    assert_eq!(error.to_string(), "group 1, which the block has not: damaged");
}

/// A store that lost its connection.
struct Gone;

impl Bytes for Gone {
    fn read(&self, _: std::ops::Range<u64>) -> Result<Vec<u8>, BlockError> {
        Err(BlockError::Source { reason: "connection reset".to_owned() })
    }
}

#[test]
fn what_the_store_said_is_told() {
    let error = Block::open(Gone).err().expect("an error");
    assert_eq!(error.to_string(), "the block could not be read: connection reset");
}

/// A source that says how much was asked of it at once, and has nothing.
struct Endless;

const PREFIX: usize = 13;

impl Bytes for Endless {
    fn read(&self, range: std::ops::Range<u64>) -> Result<Vec<u8>, BlockError> {
        assert!(range.end - range.start <= PREFIX as u64, "{range:?}");
        Ok([b"WPBK\x01".as_slice(), &[0xFF; 8]].concat())
    }
}

#[test]
fn a_head_that_says_it_is_huge_is_not_fetched() {
    assert_eq!(
        Block::open(Endless).err(),
        Some(BlockError::Damaged { part: "the block's head".to_owned() })
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_no_block(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read_all(&bytes).is_err());
        let with_magic = [b"WPBK\x01".as_slice(), &bytes].concat();
        prop_assert!(read_all(&with_magic).is_err());
    }
}

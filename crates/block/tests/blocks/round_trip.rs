//! What is packed comes back, whatever it is.

use crate::support::{access, batch, conversation, documents, unpack_all};
use bson::{Document, doc, rawdoc};
use proptest::prelude::*;
use woodpile_block::{Block, Effort, GROUP_ROWS, IdSummary, Packer, id_element, pack};
use woodpile_record::RawDocument;

/// Packs and unpacks; tells how many bytes there were between.
fn check(documents: &[Document], effort: Effort) -> usize {
    let batch = batch(documents);
    let packed = pack(&batch, effort).expect("a block");
    assert_eq!(packed.records, documents.len() as u64);
    assert_eq!(unpack_all(&packed.bytes).expect("records"), batch.as_bytes());
    let block = Block::open(packed.bytes.as_slice()).expect("a block");
    assert_eq!(block.records(), documents.len());
    assert_eq!((block.first(), block.last()), (packed.first, packed.last));
    for id in batch.iter().filter_map(id_element) {
        assert!(block.may_hold(&IdSummary::of([id].into_iter())).expect("ids"));
    }
    packed.bytes.len()
}

#[test]
fn access_records_take_few_bytes() {
    let size = check(&(0..3_000).map(access).collect::<Vec<_>>(), Effort::Thorough);
    assert!(size < 3_000 * 2, "{size}");
}

#[test]
fn ids_under_another_name_and_words_in_any_order_take_few_bytes() {
    const ROWS: i64 = 4_000;
    let size = check(&(0..ROWS).map(conversation).collect::<Vec<_>>(), Effort::Thorough);
    // Half the ids, what tells 14 words of 18 each, and what helps to find an `_id`.
    assert!(size < ROWS as usize * (16 / 2 + 14 * 5 / 8 + 5), "{size}");
    check(&(0..ROWS).map(conversation).collect::<Vec<_>>(), Effort::Quick);
}

#[test]
fn groups_of_rows_come_back_one_by_one() {
    let records: Vec<Document> = (0..GROUP_ROWS as i64 + 9).map(access).collect();
    check(&records, Effort::Quick);
    let packed = pack(&batch(&records), Effort::Quick).expect("a block");
    let block = Block::open(packed.bytes).expect("a block");
    assert_eq!(block.unpack(1).expect("a group"), batch(&records[GROUP_ROWS..]));
    let group = block.groups().nth(1).expect("a group");
    assert_eq!((group.records, group.last - group.first), (9, 8 * 997));
}

#[test]
fn nothing_and_one_record_are_blocks() {
    for documents in [&[][..], &[doc! {}], &[access(1)]] {
        check(documents, Effort::Thorough);
    }
}

#[test]
fn more_columns_than_go_together_come_back() {
    let wide = |row: i64| (0..300).map(move |field| (format!("f{field}"), (row * field).into()));
    check(&(0..40).map(|row| wide(row).collect()).collect::<Vec<_>>(), Effort::Quick);
}

#[test]
fn what_is_no_proper_bson_comes_back() {
    // A length and an end, and in between a type that there is not.
    let odd = [vec![9, 0, 0, 0, 0x66, b'a', 0, 1, 0], vec![6, 0, 0, 0, 0x02, 0]];
    let mut packer = Packer::new(Effort::Quick);
    packer.push(&rawdoc! { "a": 1 });
    for record in &odd {
        packer.push(RawDocument::from_bytes(record).expect("a length and an end"));
    }
    let bytes = packer.finish().expect("a block").bytes;
    let expected = [rawdoc! { "a": 1 }.into_bytes(), odd.concat()].concat();
    assert_eq!(unpack_all(&bytes).expect("records"), expected);
}

#[test]
fn fields_come_alone() {
    let bytes = pack(&batch(&(0..500).map(access).collect::<Vec<_>>()), Effort::Quick);
    let block = Block::open(bytes.expect("a block").bytes).expect("a block");
    let fields = block.unpack_fields(0, &["level", "message"]).expect("fields");
    let expected: Vec<Document> = (0..500)
        .map(|row| doc! { "level": "INFO", "message": access(row).get_str("message").unwrap() })
        .collect();
    assert_eq!(fields, batch(&expected));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_records_come_back(documents in documents()) {
        check(&documents, Effort::Quick);
    }
}

//! The block: a head that says what is where, what all groups of rows share, and their chunks.

mod bytes;
mod coding;
mod find;
mod group;
mod head;
mod packer;
mod parts;
mod read;
mod records;
mod shared;
mod value;
mod write;

pub use bytes::Bytes;
pub use find::Place;
pub use packer::{Effort, Packed, Packer, pack};
pub use parts::PartSize;
pub use read::{Block, Group};

/// The most records of one block.
pub const MAX_RECORDS: usize = 262_144;
/// A block of so many bytes of BSON takes no further record.
pub const MAX_BSON_BYTES: usize = 256 * 1024 * 1024;
/// The most rows that decode together, without the others.
pub const GROUP_ROWS: usize = 16_384;
/// A group of so many bytes of BSON takes no further record.
const GROUP_BYTES: usize = 32 * 1024 * 1024;
/// The most bytes of BSON of one group: its last record may be a large one.
const MAX_GROUP_BYTES: usize = GROUP_BYTES + 64 * 1024 * 1024;
/// The most groups of one block.
const MAX_GROUPS: usize = 1_024;
/// The most bytes of a head, packed or not.
const MAX_HEAD_BYTES: usize = 64 * 1024 * 1024;
/// The most sections that may be skipped.
const MAX_SECTIONS: usize = 64;
/// So many columns, those with the most values, go together with others and may be referred to: what each row
/// names of them is held at once.
const MAX_RELATED_COLUMNS: usize = 256;
/// What a block begins with.
const MAGIC: [u8; 4] = *b"WPBK";
/// The version written, and the newest read.
const VERSION: u8 = 1;
/// Magic, version, the head's length and its checksum.
const PREFIX_BYTES: usize = 4 + 1 + 4 + 4;
/// The section of the ids: see [`IdSummary`](crate::IdSummary).
const IDS: u64 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use bson::{Bson, Document, doc, oid::ObjectId, raw::RawDocumentBuf};
    use proptest::prelude::*;
    use woodpile_record::{Batch, RawDocument};

    fn batch(documents: &[Document]) -> Batch {
        let raw: Vec<_> = documents
            .iter()
            .map(|document| RawDocumentBuf::try_from(document).expect("a document"))
            .collect();
        raw.iter().map(|document| -> &RawDocument { document }).collect()
    }

    fn check(documents: &[Document]) -> usize {
        let batch = batch(documents);
        for effort in [Effort::Quick, Effort::Thorough] {
            let bytes = pack(&batch, effort).expect("a block").bytes;
            let block = Block::open(bytes.as_slice()).expect("a block");
            assert_eq!(block.records(), documents.len());
            let mut records = Vec::new();
            for group in 0..block.groups().len() {
                records.extend_from_slice(block.unpack(group).expect("a group").as_bytes());
            }
            assert_eq!(records, batch.as_bytes());
            if effort == Effort::Thorough {
                return bytes.len();
            }
        }
        0
    }

    fn access(row: i64) -> Document {
        let (status, path) = ([200, 304, 404][(row % 3) as usize], format!("/p/{}", row % 40));
        doc! {
            "_id": ObjectId::from_parts(1_800_000_000, [7; 5], [0, (row >> 8) as u8, row as u8]),
            "timestamp": bson::DateTime::from_millis(1_795_332_769_000 + row * 997),
            "level": "INFO",
            "message": format!("10.0.0.{} - - \"GET {path} HTTP/1.1\" {status} {}", row % 9, row * 31 % 977),
            "http": { "method": "GET", "path": path, "status": status, "bytes": row * 31 % 977, "remoteAddr": format!("10.0.0.{}", row % 9) },
        }
    }

    #[test]
    fn access_records_take_few_bytes() {
        let size = check(&(0..20_000).map(access).collect::<Vec<_>>());
        assert!(size < 20_000 * 2, "{size}");
    }

    #[test]
    fn nothing_and_one_record_are_blocks() {
        check(&[]);
        check(&[doc! {}]);
        check(&[access(1)]);
    }

    fn value() -> impl Strategy<Value = Bson> {
        let leaf = prop_oneof![
            any::<i32>().prop_map(Bson::Int32),
            any::<i64>().prop_map(Bson::Int64),
            any::<u64>().prop_map(|bits| Bson::Double(f64::from_bits(bits))),
            any::<bool>().prop_map(Bson::Boolean),
            "[a-c0-9 é]{0,12}".prop_map(Bson::String),
            Just(Bson::Null),
            any::<i64>().prop_map(|millis| Bson::DateTime(bson::DateTime::from_millis(millis))),
            any::<[u8; 12]>().prop_map(|bytes| Bson::ObjectId(ObjectId::from_bytes(bytes))),
            proptest::collection::vec(any::<u8>(), 0..9).prop_map(|bytes| {
                Bson::Binary(bson::Binary { subtype: bson::spec::BinarySubtype::Generic, bytes })
            }),
            any::<(u32, u32)>()
                .prop_map(|(time, increment)| Bson::Timestamp(bson::Timestamp { time, increment })),
            Just(Bson::MaxKey),
        ];
        leaf.prop_recursive(3, 24, 20, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..20).prop_map(Bson::Array),
                proptest::collection::vec(("[a-c]{0,2}", inner), 0..5)
                    .prop_map(|fields| Bson::Document(fields.into_iter().collect())),
            ]
        })
    }

    fn documents() -> impl Strategy<Value = Vec<Document>> {
        let document = proptest::collection::vec(("[a-e]", value()), 0..6);
        proptest::collection::vec(
            document.prop_map(|fields| fields.into_iter().collect::<Document>()),
            0..60,
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn any_records_come_back(documents in documents()) {
            check(&documents);
        }

        #[test]
        fn a_damaged_block_is_an_error(rows in 1..40_i64, at: prop::sample::Index, flip in 1_u8.., cut: bool) {
            let batch = batch(&(0..rows).map(access).collect::<Vec<_>>());
            let mut bytes = pack(&batch, Effort::Quick).expect("a block").bytes;
            let at = at.index(bytes.len());
            if cut { bytes.truncate(at) } else { bytes[at] ^= flip }
            let read = Block::open(bytes.as_slice()).and_then(|block| block.unpack(0));
            prop_assert!(read.is_err());
        }
    }
}

//! Two records with one `_id`: the same record twice, or two that both have to stay visible.

use super::keys::with_plain_keys;
use crate::order::id_of;
use bson::RawDocument;
use bson::oid::ObjectId;
use bson::raw::{RawBsonRef, RawDocumentBuf, cstr};
use woodpile_record::{event_time, name};

/// Where the second record keeps the `_id` that it came with, under `extra`.
const ORIGINAL_ID: &bson::raw::CStr = cstr!("originalId");

/// Whether the stored document is the record: byte for byte, but for the place of `_id`, which servers
/// move to the front, and for keys that had to be changed to be stored.
pub(super) fn is_same(stored: &RawDocument, record: &RawDocument) -> bool {
    if stored.as_bytes() == record.as_bytes() {
        return true;
    }
    let stored = id_first(stored);
    stored == id_first(record)
        || with_plain_keys(record).is_some_and(|plain| stored == id_first(&plain))
}

fn id_first(document: &RawDocument) -> RawDocumentBuf {
    let mut ordered = RawDocumentBuf::new();
    if let Some(id) = id_of(document) {
        ordered.append(cstr!("_id"), id);
    }
    append_others(&mut ordered, document, &[name::ID]);
    ordered
}

fn append_others(to: &mut RawDocumentBuf, document: &RawDocument, but: &[&str]) {
    for (key, value) in
        document.into_iter().flatten().filter(|(key, _)| !but.contains(&key.as_str()))
    {
        to.append(key, value);
    }
}

/// The record under an `_id` of its own, with the original one in `extra.originalId`. The new id
/// follows from the record's bytes, so that a retry finds it there already.
pub(super) fn with_own_id(record: &RawDocument) -> RawDocumentBuf {
    let mut twin = RawDocumentBuf::new();
    twin.append(cstr!("_id"), own_id(record));
    append_others(&mut twin, record, &[name::ID, name::EXTRA]);
    twin.append(cstr!("extra"), extra(record));
    twin
}

fn extra(record: &RawDocument) -> RawDocumentBuf {
    let mut extra = RawDocumentBuf::new();
    match record.get(name::EXTRA) {
        Ok(Some(RawBsonRef::Document(inner))) => append_others(&mut extra, inner, &[]),
        Ok(Some(other)) => extra.append(cstr!("extra"), other),
        _ => {}
    }
    if let Some(id) = id_of(record) {
        extra.append(ORIGINAL_ID, id);
    }
    extra
}

/// The time of the original id, so that followers see it, and a hash of the record.
fn own_id(record: &RawDocument) -> ObjectId {
    let seconds = match id_of(record) {
        Some(RawBsonRef::ObjectId(id)) => {
            let [a, b, c, d, ..] = id.bytes();
            u32::from_be_bytes([a, b, c, d])
        }
        _ => u32::try_from(event_time(record).div_euclid(1000)).unwrap_or(0),
    };
    let mut bytes = [0; 12];
    bytes[..4].copy_from_slice(&seconds.to_be_bytes());
    bytes[4..].copy_from_slice(&fnv1a(record.as_bytes()).to_be_bytes());
    ObjectId::from_bytes(bytes)
}

/// FNV-1a of 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>): it must be the same in every release.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::rawdoc;

    #[test]
    fn the_place_of_the_id_and_changed_keys_make_no_other_record() {
        let stored = rawdoc! { "_id": 1, "a": 1, "b．c": 2 };
        for (record, same) in [
            (rawdoc! { "_id": 1, "a": 1, "b．c": 2 }, true),
            (rawdoc! { "a": 1, "_id": 1, "b．c": 2 }, true),
            (rawdoc! { "_id": 1, "a": 1, "b.c": 2 }, true),
            (rawdoc! { "_id": 1, "b．c": 2, "a": 1 }, false),
            (rawdoc! { "_id": 1, "a": 1_i64, "b．c": 2 }, false),
            (rawdoc! { "_id": 1, "a": 1 }, false),
        ] {
            assert_eq!(is_same(&stored, &record), same, "{record:?}");
        }
    }

    #[test]
    fn a_twin_keeps_all_and_comes_out_the_same_again() {
        let id = ObjectId::from_parts(7, [1; 5], [2; 3]);
        let record = rawdoc! { "_id": id, "message": "m", "extra": { "level": "x" } };
        let twin = with_own_id(&record);
        assert_eq!(twin, with_own_id(&record));
        let new_id = twin.get_object_id("_id").unwrap();
        assert_ne!(new_id, id);
        assert_eq!(new_id.timestamp(), id.timestamp());
        assert_eq!(twin.get_str("message").unwrap(), "m");
        let extra = twin.get_document("extra").unwrap();
        assert_eq!(extra, &*rawdoc! { "level": "x", "originalId": id });
        assert_ne!(with_own_id(&rawdoc! { "_id": id, "message": "n" }), twin);
    }
}

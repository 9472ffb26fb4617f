//! The distinct values of a column, as one part of the block.

use crate::convert::id;
use crate::shred::{Data, Kind};
use crate::template::{
    Fields, Setting, SlotReader, Templates, decode_words, encode_words, learn, rebuild,
};
use crate::texts::Texts;
use crate::varint::{self, Cursor};
use crate::{doubles, ints, object_ids};

/// Texts as they are.
const AS_WORDS: u8 = 0;
/// Texts by templates.
const AS_TEMPLATES: u8 = 1;
/// Fewer texts are not worth templates.
const MIN_TEMPLATED: usize = 64;

/// Writes values one after another.
pub(super) fn encode(data: &Data, level: i32) -> Vec<u8> {
    match data {
        Data::Ints(values) => ints::encode(values, level),
        Data::Doubles(values) => doubles::encode(values, level),
        Data::Ids(values) => object_ids::encode(values, None, level),
        Data::Texts(texts) | Data::Blobs(texts) => encode_texts(texts, level),
        Data::Nothing(_) => Vec::new(),
    }
}

/// Reads `count` values of this kind.
pub(super) fn decode(kind: Kind, bytes: &[u8], count: usize) -> Option<Data> {
    Some(match kind {
        Kind::Ints => Data::Ints(ints::decode(bytes, count)?),
        Kind::Doubles => Data::Doubles(doubles::decode(bytes, count)?),
        Kind::Ids => Data::Ids(object_ids::decode(bytes, count, None)?),
        Kind::Texts => Data::Texts(decode_texts(bytes, count)?),
        Kind::Blobs => Data::Blobs(decode_texts(bytes, count)?),
        Kind::Nothing => Data::Nothing(count),
    })
}

fn encode_texts(texts: &Texts, level: i32) -> Vec<u8> {
    let mut out = vec![AS_WORDS];
    out.extend_from_slice(&encode_words(texts, level));
    if texts.len() < MIN_TEMPLATED {
        return out;
    }
    let rows: Vec<u32> = (0..id(texts.len())).collect();
    let fields = Fields::default();
    let learned = learn(texts, &rows, &fields);
    let all: Vec<_> = std::iter::once(0..texts.len()).collect();
    let setting = Setting { rows: &rows, groups: &all, fields: &fields };
    let (shared, chunks) = learned.slots.encode(&learned.ids, &setting, level);
    let ids: Vec<i64> = learned.ids.iter().map(|id| i64::from(*id)).collect();
    let mut templated = vec![AS_TEMPLATES];
    let parts = [learned.templates.write(level), ints::encode(&ids, level), shared];
    for part in parts.iter().chain(&chunks) {
        varint::write(part.len() as u64, &mut templated);
        templated.extend_from_slice(part);
    }
    if templated.len() < out.len() { templated } else { out }
}

fn decode_texts(bytes: &[u8], count: usize) -> Option<Texts> {
    let (&way, rest) = bytes.split_first()?;
    if way == AS_WORDS {
        return decode_words(rest, count);
    }
    let mut cursor = Cursor::new(rest);
    let mut part = || {
        let length = cursor.length()?;
        cursor.take(length)
    };
    let templates = Templates::read(part()?)?;
    let ids: Vec<u32> = ints::decode(part()?, count)?
        .into_iter()
        .map(|id| u32::try_from(id).ok())
        .collect::<Option<_>>()?;
    let reader = SlotReader::read(part()?, &templates)?;
    let mut slots = reader.group(part()?, &ids)?;
    rebuild(&templates, &ids, 0..count, &Fields::default(), &mut slots)
}

use super::{JsonError, wrapper};
use crate::limits::{MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH};
use crate::writer::{self, element};
use crate::{Record, name};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// How deep the text may nest: every document in a wrapper, and the deepest value in two.
const MAX_LEVELS: usize = MAX_DOCUMENT_DEPTH * 2 + 2;

/// Reads one document of extended JSON.
///
/// # Errors
/// Says at which line and column the text stops being JSON, a type's wrapper, or within the limits.
pub fn parse(text: &str) -> Result<Record, JsonError> {
    document(text, None)
}

/// With `collection`, takes the `_collection` out that names the record's.
pub(super) fn document(
    text: &str,
    collection: Option<&mut Option<String>>,
) -> Result<Record, JsonError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // ValueSeed counts the levels itself, as MAX_LEVELS are more than serde_json would allow.
    deserializer.disable_recursion_limit();
    let seed = ValueSeed {
        out: &mut bytes,
        nesting: Nesting::default(),
        literal: false,
        export: collection.map(Export::new),
    };
    let kind = seed.deserialize(&mut deserializer)?;
    deserializer.end()?;
    if kind != element::DOCUMENT {
        let reason = "expected a document, `{…}`, as the whole of a record".to_owned();
        return Err(JsonError { line: 1, column: 1, reason });
    }
    Ok(Record::trusted(bytes))
}

/// How deep a value lies.
#[derive(Debug, Clone, Copy, Default)]
struct Nesting {
    documents: usize,
    levels: usize,
}

impl Nesting {
    fn enter<E: Error>(self, wrapper: bool) -> Result<Self, E> {
        let documents = self.documents + usize::from(!wrapper);
        let levels = self.levels + 1;
        if documents > MAX_DOCUMENT_DEPTH || levels > MAX_LEVELS {
            return Err(E::custom(format_args!("nested deeper than {MAX_DOCUMENT_DEPTH} levels")));
        }
        Ok(Self { documents, levels })
    }
}

/// Appends one value's bytes; what comes back is its BSON type.
struct ValueSeed<'o> {
    out: &'o mut Vec<u8>,
    nesting: Nesting,
    /// Whether an object is a document even where it looks like a wrapper.
    literal: bool,
    /// Only for the whole text.
    export: Option<Export<'o>>,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = u8;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u8, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = u8;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<u8, E> {
        Ok(element::NULL)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<u8, E> {
        self.out.push(u8::from(truth));
        Ok(element::BOOLEAN)
    }

    fn visit_i64<E>(self, number: i64) -> Result<u8, E> {
        if let Ok(small) = i32::try_from(number) {
            self.out.extend_from_slice(&small.to_le_bytes());
            return Ok(element::INT32);
        }
        self.out.extend_from_slice(&number.to_le_bytes());
        Ok(element::INT64)
    }

    #[expect(clippy::cast_precision_loss, reason = "beyond int64 a double is the nearest type")]
    fn visit_u64<E: Error>(self, number: u64) -> Result<u8, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => self.visit_f64(number as f64),
        }
    }

    fn visit_f64<E>(self, number: f64) -> Result<u8, E> {
        self.out.extend_from_slice(&number.to_le_bytes());
        Ok(element::DOUBLE)
    }

    fn visit_str<E>(self, text: &str) -> Result<u8, E> {
        writer::put_text(self.out, text);
        Ok(element::STRING)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<u8, A::Error> {
        let Self { out, nesting, .. } = self;
        let nesting = nesting.enter(false)?;
        let start = writer::open(out);
        for index in 0_u32.. {
            let kind_at = out.len();
            writer::put_index(out, index);
            let seed = ValueSeed { out: &mut *out, nesting, literal: false, export: None };
            let Some(kind) = values.next_element_seed(seed)? else {
                out.truncate(kind_at);
                break;
            };
            out[kind_at] = kind;
            within_limit(out)?;
        }
        writer::close(out, start);
        Ok(element::ARRAY)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<u8, A::Error> {
        let Self { out, nesting, literal, mut export } = self;
        let start = writer::open(out);
        let mut kind_at = out.len();
        let mut more = fields.next_key_seed(KeySeed(&mut *out))?.is_some();
        let wrapper = (!literal).then(|| wrapper::name_of(key(out, kind_at))).flatten();
        let nesting = nesting.enter(wrapper.is_some())?;
        let literal = wrapper == Some(wrapper::LITERAL);
        while more {
            let export_inside = if literal { export.take() } else { None };
            let seed = ValueSeed { out: &mut *out, nesting, literal, export: export_inside };
            let kind = fields.next_value_seed(seed)?;
            out[kind_at] = kind;
            within_limit(out)?;
            if let Some(export) = &mut export {
                export.look_at(out, kind_at);
            }
            kind_at = out.len();
            more = fields.next_key_seed(KeySeed(&mut *out))?.is_some();
        }
        writer::close(out, start);
        match wrapper {
            Some(name) => wrapper::unwrap(name, out, start).map_err(A::Error::custom),
            None => Ok(element::DOCUMENT),
        }
    }
}

fn within_limit<E: Error>(out: &[u8]) -> Result<(), E> {
    if out.len() > MAX_DOCUMENT_BYTES {
        return Err(E::custom(format_args!("more than the {MAX_DOCUMENT_BYTES} bytes that fit")));
    }
    Ok(())
}

/// The key of the element at `kind_at`, as far as it is written.
fn key(out: &[u8], kind_at: usize) -> &[u8] {
    let rest = out.get(kind_at + 1..).unwrap_or_default();
    &rest[..memchr::memchr(0, rest).unwrap_or(0)]
}

/// Appends room for a type, and the key.
struct KeySeed<'o>(&'o mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<(), E> {
        writer::put_key(self.0, 0, key);
        Ok(())
    }
}

/// Takes the `_collection` right behind the first `_id` out of the document.
struct Export<'c> {
    collection: &'c mut Option<String>,
    behind_id: BehindId,
}

#[derive(PartialEq)]
enum BehindId {
    NotYet,
    Now,
    No,
}

impl<'c> Export<'c> {
    fn new(collection: &'c mut Option<String>) -> Self {
        Self { collection, behind_id: BehindId::NotYet }
    }

    /// Looks at the element that was just written, from `kind_at` to the end.
    fn look_at(&mut self, out: &mut Vec<u8>, kind_at: usize) {
        let key = key(out, kind_at);
        match self.behind_id {
            BehindId::NotYet if key == name::ID.as_bytes() => self.behind_id = BehindId::Now,
            BehindId::Now => {
                self.behind_id = BehindId::No;
                if key == name::COLLECTION.as_bytes() && out[kind_at] == element::STRING {
                    let text_at = kind_at + 1 + key.len() + 1 + 4;
                    let text = &out[text_at..out.len() - 1];
                    *self.collection = Some(String::from_utf8_lossy(text).into_owned());
                    out.truncate(kind_at);
                }
            }
            BehindId::NotYet | BehindId::No => {}
        }
    }
}

//! Keys that some servers refuse: `a.b` and `$x` (MongoDB before 5.0, FerretDB), and the empty key.

use bson::RawDocument;
use bson::raw::{CStr, CString, RawArray, RawArrayBuf, RawBsonRef, RawDocumentBuf};

const DOT: &str = "\u{FF0E}";
const DOLLAR: &str = "\u{FF04}";
const EMPTY: &str = "\u{FF3F}";

/// The document with full-width signs in such keys, at any depth; `None` where there is none.
pub(super) fn with_plain_keys(document: &RawDocument) -> Option<RawDocumentBuf> {
    let mut changed = false;
    let plain = plain_document(document, &mut changed);
    changed.then_some(plain)
}

fn plain_document(document: &RawDocument, changed: &mut bool) -> RawDocumentBuf {
    let mut plain = RawDocumentBuf::new();
    for (key, value) in document.into_iter().flatten() {
        match plain_key(key) {
            Some(other) => {
                *changed = true;
                append(&mut plain, &other, value, changed);
            }
            None => append(&mut plain, key, value, changed),
        }
    }
    plain
}

fn append(plain: &mut RawDocumentBuf, key: &CStr, value: RawBsonRef<'_>, changed: &mut bool) {
    match value {
        RawBsonRef::Document(inner) => plain.append(key, plain_document(inner, changed)),
        RawBsonRef::Array(inner) => plain.append(key, plain_array(inner, changed)),
        other => plain.append(key, other),
    }
}

fn plain_array(array: &RawArray, changed: &mut bool) -> RawArrayBuf {
    let mut plain = RawArrayBuf::new();
    for value in array.into_iter().flatten() {
        match value {
            RawBsonRef::Document(inner) => plain.push(plain_document(inner, changed)),
            RawBsonRef::Array(inner) => plain.push(plain_array(inner, changed)),
            other => plain.push(other),
        }
    }
    plain
}

fn plain_key(key: &CStr) -> Option<CString> {
    let key = key.as_str();
    let plain = if key.is_empty() {
        EMPTY.to_owned()
    } else if let Some(rest) = key.strip_prefix('$') {
        format!("{DOLLAR}{}", rest.replace('.', DOT))
    } else if key.contains('.') {
        key.replace('.', DOT)
    } else {
        return None;
    };
    CString::try_from(plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::{doc, rawdoc};

    #[test]
    fn refused_keys_become_full_width() {
        let document = rawdoc! {
            "_id": 1, "a.b": 1, "$x": { "$y.z": [ { "": true }, [ { "c.d": 2 } ] ] }, "e": { "f$": 3 },
        };
        let plain = with_plain_keys(&document).unwrap();
        assert_eq!(with_plain_keys(&plain), None);
        assert_eq!(
            bson::Document::try_from(&*plain).unwrap(),
            doc! { "_id": 1, "a．b": 1, "＄x": { "＄y．z": [ { "＿": true }, [ { "c．d": 2 } ] ] }, "e": { "f$": 3 } }
        );
    }

    #[test]
    fn plain_documents_stay() {
        assert_eq!(with_plain_keys(&rawdoc! { "_id": 1, "a": { "b": [1, { "c": 2 }] } }), None);
    }
}

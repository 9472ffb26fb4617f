use woodpile_record::{RawBsonRef, RawDocument, find};

/// `Type: message` of a record's exception.
pub fn exception_line(document: &RawDocument) -> Option<String> {
    let part = |path| {
        find(document, path).and_then(RawBsonRef::as_str).filter(|text: &&str| !text.is_empty())
    };
    match (part("exception.type"), part("exception.message")) {
        (Some(kind), Some(message)) => Some(format!("{kind}: {message}")),
        (Some(part), None) | (None, Some(part)) => Some(part.to_owned()),
        (None, None) => None,
    }
}

use bson::RawDocument;
use bson::raw::RawBsonRef;

/// The value at a dotted path such as `http.status`. A key that itself holds the dots comes first,
/// as it does for whoever wrote it.
pub fn find<'a>(document: &'a RawDocument, path: &str) -> Option<RawBsonRef<'a>> {
    for element in document {
        let (key, value) = element.ok()?;
        let key: &str = key.as_ref();
        if key == path {
            return Some(value);
        }
        let inner = path.strip_prefix(key).and_then(|rest| rest.strip_prefix('.'));
        if let (Some(inner), RawBsonRef::Document(document)) = (inner, value)
            && let Some(found) = find(document, inner)
        {
            return Some(found);
        }
    }
    None
}

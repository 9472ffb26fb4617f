use bson::RawDocument;
use bson::raw::RawBsonRef;

/// The value at a dotted path such as `http.status`. A key that itself holds the dots comes first,
/// as it does for whoever wrote it.
pub fn find<'a>(document: &'a RawDocument, path: &str) -> Option<RawBsonRef<'a>> {
    for element in document.iter_elements() {
        let element = element.ok()?;
        let key: &str = element.key().as_ref();
        if key == path {
            return element.value().ok();
        }
        let inner = path.strip_prefix(key).and_then(|rest| rest.strip_prefix('.'));
        // Only what is on the way is looked at: to check a text takes longer than to pass it by.
        if let Some(inner) = inner
            && let Ok(RawBsonRef::Document(document)) = element.value()
            && let Some(found) = find(document, inner)
        {
            return Some(found);
        }
    }
    None
}

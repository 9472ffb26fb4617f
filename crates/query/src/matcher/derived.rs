//! The request that a message tells of where the document itself has none.

use super::Scalar;
use woodpile_line::{Route, enrich};
use woodpile_record::{Entry, Http, RawBsonRef, RawDocument, View, find, name};

/// What is before the names of a request's fields.
pub(crate) const PREFIX: &str = "http";

/// The fields that a request is read from where a record has none: those that may hold its message, and its level.
pub const DERIVED_FROM: &[&str] = &[
    name::MESSAGE,
    "msg",
    "MESSAGE",
    "Message",
    "RenderedMessage",
    name::LEVEL,
    "Level",
    name::HTTP,
];

/// The request, read from the message of a document that has no `http` of its own.
pub(crate) fn http(document: &RawDocument) -> Option<Box<Http<'_>>> {
    if matches!(find(document, name::HTTP), Some(RawBsonRef::Document(_))) {
        return None;
    }
    let view = View::of(document);
    let mut entry = Entry {
        level: view.level().map(Into::into),
        message: view.message()?.into(),
        ..Entry::default()
    };
    let route = enrich(&mut entry)?;
    entry.http.filter(|_| route == Route::Access)
}

/// A request's fields, by the names that records have for them.
pub(crate) fn fields<'h>(http: &'h Http<'_>) -> [(&'static str, Option<Scalar<'h>>); 13] {
    [
        ("method", http.method.as_deref().map(Scalar::Text)),
        ("path", http.path.as_deref().map(Scalar::Text)),
        ("query", http.query.as_deref().map(Scalar::Text)),
        ("status", http.status.map(|status| Scalar::Int(i64::from(status)))),
        ("bytes", http.bytes.map(Scalar::Int)),
        ("durationMs", http.duration_ms.map(Scalar::Float)),
        ("remoteAddr", http.remote_addr.as_deref().map(Scalar::Text)),
        ("user", http.user.as_deref().map(Scalar::Text)),
        ("host", http.host.as_deref().map(Scalar::Text)),
        ("referrer", http.referrer.as_deref().map(Scalar::Text)),
        ("userAgent", http.user_agent.as_deref().map(Scalar::Text)),
        ("requestId", http.request_id.as_deref().map(Scalar::Text)),
        ("protocol", http.protocol.as_deref().map(Scalar::Text)),
    ]
}

/// What a record's message says of a request's field, such as `http.remoteAddr`, if that is a text and the record has
/// no such field of its own.
pub fn text_in_message(document: &RawDocument, path: &str) -> Option<String> {
    let name = path.strip_prefix(PREFIX)?.strip_prefix('.')?;
    let http = http(document)?;
    let (_, value) = fields(&http).into_iter().find(|(field, _)| *field == name)?;
    match value? {
        Scalar::Text(text) => Some(text.to_owned()),
        _ => None,
    }
}

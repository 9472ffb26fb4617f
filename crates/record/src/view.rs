use crate::{Severity, event_time, find, name};
use bson::RawDocument;
use bson::raw::RawBsonRef;
use std::borrow::Cow;

/// A record's standard fields, read whoever wrote them and however they spelt them.
#[derive(Debug, Clone, Copy)]
pub struct View<'a>(&'a RawDocument);

impl<'a> View<'a> {
    /// Looks at a document.
    pub fn of(document: &'a RawDocument) -> Self {
        Self(document)
    }

    /// The document.
    pub fn document(self) -> &'a RawDocument {
        self.0
    }

    /// The `_id`, of whatever type.
    pub fn id(self) -> Option<RawBsonRef<'a>> {
        find(self.0, name::ID)
    }

    /// When it happened, in milliseconds since 1970: see [`event_time()`].
    pub fn time(self) -> i64 {
        event_time(self.0)
    }

    /// The level as it was spelt (`level`; Serilog's and NLog's `Level`).
    pub fn level(self) -> Option<&'a str> {
        self.text(name::LEVEL).or_else(|| self.text("Level"))
    }

    /// The level's severity.
    pub fn severity(self) -> Option<Severity> {
        self.level().and_then(Severity::of)
    }

    /// The text (`message`; rsyslog's and slog's `msg`; `MESSAGE`, `Message`, `RenderedMessage`).
    pub fn message(self) -> Option<&'a str> {
        [name::MESSAGE, "msg", "MESSAGE", "Message", "RenderedMessage"]
            .into_iter()
            .find_map(|key| self.text(key))
    }

    /// The logger: a text, or log4mongo-java's document with the class's name.
    pub fn logger_name(self) -> Option<&'a str> {
        match find(self.0, name::LOGGER_NAME)? {
            RawBsonRef::String(text) => Some(text),
            RawBsonRef::Document(class) => find(class, "fullyQualifiedClassName")?.as_str(),
            _ => None,
        }
    }

    /// The line in the source file: a number, or log4mongo-java's text.
    pub fn line_number(self) -> Option<i64> {
        match find(self.0, name::LINE_NUMBER)? {
            RawBsonRef::Int32(number) => Some(i64::from(number)),
            RawBsonRef::Int64(number) => Some(number),
            RawBsonRef::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The error's trace: `exception.stackTrace`, log4mongo 1.0's `stactTrace`, log4mongo-java's `throwables`.
    pub fn stack_trace(self) -> Option<Cow<'a, str>> {
        if let Some(RawBsonRef::Document(exception)) = find(self.0, name::EXCEPTION) {
            let trace = find(exception, "stackTrace").or_else(|| find(exception, "stactTrace"));
            return trace.and_then(RawBsonRef::as_str).map(Cow::Borrowed);
        }
        let throwables = find(self.0, "throwables")?.as_array()?;
        let mut lines = Vec::new();
        for throwable in throwables {
            java_throwable(throwable.ok()?.as_document()?, &mut lines);
        }
        (!lines.is_empty()).then(|| Cow::Owned(lines.join("\n")))
    }

    fn text(self, key: &str) -> Option<&'a str> {
        find(self.0, key)?.as_str()
    }
}

/// log4mongo-java's `{message, stackTrace: [{fileName, method, lineNumber, class}]}` as Java prints it.
fn java_throwable(throwable: &RawDocument, lines: &mut Vec<String>) {
    if let Some(message) = find(throwable, name::MESSAGE).and_then(RawBsonRef::as_str) {
        lines.push(if lines.is_empty() {
            message.to_owned()
        } else {
            format!("Caused by: {message}")
        });
    }
    let frames = find(throwable, "stackTrace").and_then(RawBsonRef::as_array);
    for frame in frames.into_iter().flatten().flatten().filter_map(RawBsonRef::as_document) {
        let text = |key| find(frame, key).and_then(RawBsonRef::as_str).unwrap_or("?");
        let line = match find(frame, name::LINE_NUMBER) {
            Some(RawBsonRef::Int32(line)) => line.to_string(),
            Some(RawBsonRef::String(line)) => line.to_owned(),
            _ => "?".to_owned(),
        };
        let class = text("class.fullyQualifiedClassName");
        lines.push(format!(
            "\tat {class}.{}({}:{line})",
            text(name::METHOD),
            text(name::FILE_NAME)
        ));
    }
}

//! The names of the standard fields, as log4mongo spells them.

/// The standard field names.
pub mod name {
    #![expect(missing_docs, reason = "each constant is the field of its own name")]
    pub const ID: &str = "_id";
    pub const TIMESTAMP: &str = "timestamp";
    pub const NANOS: &str = "nanos";
    pub const LEVEL: &str = "level";
    pub const MESSAGE: &str = "message";
    pub const LOGGER_NAME: &str = "loggerName";
    pub const FILE_NAME: &str = "fileName";
    pub const MODULE: &str = "module";
    pub const METHOD: &str = "method";
    pub const LINE_NUMBER: &str = "lineNumber";
    pub const THREAD: &str = "thread";
    pub const THREAD_NAME: &str = "threadName";
    pub const PROCESS: &str = "process";
    pub const HOSTNAME: &str = "hostname";
    pub const APP: &str = "app";
    pub const TAGS: &str = "tags";
    pub const SPAN: &str = "span";
    pub const TRACE_ID: &str = "traceId";
    pub const SPAN_ID: &str = "spanId";
    pub const EXCEPTION: &str = "exception";
    pub const HTTP: &str = "http";
    pub const HEROKU: &str = "heroku";
    pub const EXTRA: &str = "extra";
    pub const COLLECTION: &str = "_collection";
}

const STANDARD: [&str; 23] = [
    name::ID,
    name::TIMESTAMP,
    name::NANOS,
    name::LEVEL,
    name::MESSAGE,
    name::LOGGER_NAME,
    name::FILE_NAME,
    name::MODULE,
    name::METHOD,
    name::LINE_NUMBER,
    name::THREAD,
    name::THREAD_NAME,
    name::PROCESS,
    name::HOSTNAME,
    name::APP,
    name::TAGS,
    name::SPAN,
    name::TRACE_ID,
    name::SPAN_ID,
    name::EXCEPTION,
    name::HTTP,
    name::HEROKU,
    name::EXTRA,
];

/// Whether `name` is a standard top-level field, which an app's own field must not overwrite.
pub fn is_standard(name: &str) -> bool {
    STANDARD.contains(&name) || name == name::COLLECTION
}

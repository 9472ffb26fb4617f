use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a field means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Time,
    Nanos,
    Level,
    Message,
    Logger,
    File,
    Caller,
    Module,
    Function,
    Line,
    Thread,
    ThreadName,
    Process,
    Hostname,
    App,
    Tags,
    Span,
    Spans,
    TraceId,
    SpanId,
    Error,
    ErrorKind,
    ErrorMessage,
    Trace,
    /// Nothing by itself, but a sign of a request.
    Request,
}

impl Slot {
    pub(super) const COUNT: usize = Self::Request as usize + 1;
}

/// Which library's habits a line shows, where these decide what a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// pino and bunyan: levels in tens from trace, and `name` is the logger.
    Bunyan,
    /// Python's logging: levels in tens from debug, and `name` is the logger.
    Python,
    /// GELF: syslog's levels.
    Gelf,
    /// Monolog: `channel` is the logger.
    Monolog,
    /// mongod: `t`, `s`, `c`, `ctx`.
    Mongod,
    /// Vector, and Fly with it: `host` is the machine.
    Vector,
    /// None of these.
    Other,
}

/// The names of each meaning, the preferred ones first.
#[rustfmt::skip]
const NAMES: &[(Slot, &[&str])] = &[
    (Slot::Time, &[
        "timestamp", "time", "ts", "@timestamp", "_time", "datetime", "@t", "asctime", "instant", "timeMillis",
        "__REALTIME_TIMESTAMP", "time_iso8601", "time_local", "date",
    ]),
    (Slot::Nanos, &["nanos"]),
    (Slot::Level, &[
        "level", "levelname", "level_name", "severity", "severityText", "severity_text", "lvl", "log.level",
        "loglevel", "log_level", "@l", "PRIORITY",
    ]),
    (Slot::Message, &[
        "message", "msg", "_msg", "@m", "MESSAGE", "short_message", "@mt", "body", "textPayload", "log", "event",
    ]),
    (Slot::Logger, &["loggerName", "logger", "logger_name", "log.logger", "target", "SourceContext"]),
    (Slot::File, &["fileName", "pathname", "filename", "CODE_FILE", "code.file.path", "code.filepath", "file"]),
    (Slot::Caller, &["caller"]),
    (Slot::Module, &["module"]),
    (Slot::Function, &["method", "funcName", "function", "func", "CODE_FUNC", "code.function.name", "code.function",
    ]),
    (Slot::Line, &["lineNumber", "lineno", "line_number", "CODE_LINE", "code.line.number", "code.lineno", "line",
    ]),
    (Slot::Thread, &["thread", "threadId", "thread_id", "thread.id"]),
    (Slot::ThreadName, &["threadName", "thread_name", "thread.name"]),
    (Slot::Process, &["process", "pid", "_PID", "process_id", "process.pid", "SYSLOG_PID"]),
    (Slot::Hostname, &["hostname", "_HOSTNAME", "host.name"]),
    (Slot::App, &["app", "SYSLOG_IDENTIFIER", "service.name"]),
    (Slot::Tags, &["tags"]),
    (Slot::Span, &["span"]),
    (Slot::Spans, &["spans"]),
    (Slot::TraceId, &["traceId", "trace_id", "trace.id", "otelTraceID", "dd.trace_id"]),
    (Slot::SpanId, &["spanId", "span_id", "span.id", "otelSpanID", "dd.span_id"]),
    (Slot::Error, &["exception", "err", "error", "thrown"]),
    (Slot::ErrorKind, &["error.type", "exception.type", "error_class"]),
    (Slot::ErrorMessage, &["error.message", "exception.message"]),
    (Slot::Trace, &[
        "stack_trace", "stackTrace", "stacktrace", "stack", "exc_info", "@x", "error.stack_trace", "error.stack",
        "exception.stacktrace", "exc_text",
    ]),
    (Slot::Request, &[
        "req", "request", "httpRequest", "http", "verb", "request_method", "http_method", "http.method",
        "http.request.method",
    ]),
];

/// The rank of a name that the sender asked for.
pub(super) const PREFERRED: u8 = 0;

static MEANINGS: LazyLock<HashMap<&'static str, (Slot, u8), FixedState>> = LazyLock::new(|| {
    let ranked = |&(slot, names): &(Slot, &'static [&'static str])| {
        (PREFERRED + 1..).zip(names).map(move |(rank, &name)| (name, (slot, rank)))
    };
    NAMES.iter().flat_map(ranked).collect()
});

/// What a field of this name means, and how many names are preferred to it.
pub(super) fn meaning(key: &str, dialect: Dialect) -> Option<(Slot, u8)> {
    let known = MEANINGS.get(key).copied();
    known.or_else(|| Some((meaning_in(dialect, key)?, u8::MAX)))
}

fn meaning_in(dialect: Dialect, key: &str) -> Option<Slot> {
    match (dialect, key) {
        (Dialect::Bunyan | Dialect::Python, "name")
        | (Dialect::Monolog, "channel")
        | (Dialect::Mongod, "c") => Some(Slot::Logger),
        (Dialect::Python, "created") | (Dialect::Mongod, "t") => Some(Slot::Time),
        (Dialect::Gelf | Dialect::Vector, "host") => Some(Slot::Hostname),
        (Dialect::Python, "levelno") | (Dialect::Mongod, "s") => Some(Slot::Level),
        (Dialect::Mongod, "ctx") => Some(Slot::ThreadName),
        _ => None,
    }
}

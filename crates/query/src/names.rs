//! What users may call a field, and what its name says of it.

use woodpile_record::name;

/// Short names, and where each is looked for: the first of these fields that a record has is meant. Where an app's own
/// field has the short name, it is the last of them.
const SHORT: &[(&str, &[&str])] = &[
    ("agent", &["http.userAgent", "agent"]),
    ("bytes", &["http.bytes", "bytes"]),
    ("code", &["heroku.code", "code"]),
    ("duration", &["http.durationMs", "duration"]),
    ("durationMs", &["http.durationMs", "durationMs"]),
    ("dyno", &["heroku.dyno", "heroku.process", "dyno"]),
    ("file", &["fileName", "file"]),
    ("host", &["http.host", "hostname", "host"]),
    ("ip", &["http.remoteAddr", "ip"]),
    ("line", &["lineNumber", "line"]),
    ("logger", &["loggerName", "logger"]),
    ("method", &["http.method", "method"]),
    ("path", &["http.path", "path"]),
    ("pid", &["process", "pid"]),
    ("program", &["heroku.process", "app", "program"]),
    ("protocol", &["http.protocol", "protocol"]),
    ("referer", &["http.referrer", "referer"]),
    ("referrer", &["http.referrer", "referrer"]),
    ("remoteAddr", &["http.remoteAddr", "remoteAddr"]),
    ("requestId", &["http.requestId", "requestId"]),
    ("sender", &["hostname", "app", "sender"]),
    ("severity", &["level", "severity"]),
    ("status", &["http.status", "status"]),
    ("syslog.appName", &["app", "syslog.appName"]),
    ("syslog.host", &["hostname", "syslog.host"]),
    ("tag", &["tags", "tag"]),
    ("user", &["http.user", "user"]),
    ("userAgent", &["http.userAgent", "userAgent"]),
];

/// What Loggly puts before the names of fields that came as JSON.
const JSON_PREFIX: &str = "json.";

/// Names of the time at which a record happened.
const TIME: &[&str] = &["time", name::TIMESTAMP, "_time", "@timestamp"];

/// Names of the collection that a record is in.
const COLLECTION: &[&str] = &["collection", name::COLLECTION];

/// Names of the level.
const LEVEL: &[&str] = &[name::LEVEL, "severity"];

/// Fields that hold prose: a value is a word or phrase within it. In any other field it is the whole value.
const PROSE: &[&str] = &[
    name::MESSAGE,
    "msg",
    "exception.message",
    "exception.stackTrace",
    "http.userAgent",
    "agent",
    "userAgent",
];

/// The fields that tell where a record came from: `@web` looks into each of them.
pub const SOURCE_FIELDS: &[&str] =
    &[name::APP, "heroku.process", "heroku.dyno", name::HOSTNAME, name::TAGS];

/// Endings of the names of fields that hold durations as numbers, and how many nanoseconds one of theirs is.
const DURATION_ENDINGS: &[(&str, f64)] = &[
    ("Ms", 1e6),
    ("_ms", 1e6),
    ("Millis", 1e6),
    ("Us", 1e3),
    ("_us", 1e3),
    ("Micros", 1e3),
    ("Ns", 1.0),
    ("_ns", 1.0),
    ("Nanos", 1.0),
    ("Secs", 1e9),
    ("_secs", 1e9),
    ("Seconds", 1e9),
    ("_seconds", 1e9),
    ("_s", 1e9),
];

/// The fields, in this order, that `name` may stand for; a name without a short form stands for itself.
pub(crate) fn candidates(name: &str) -> impl Iterator<Item = &str> {
    let short =
        SHORT.iter().find(|(short, _)| *short == name).map_or(&[][..], |(_, fields)| *fields);
    let json = name.strip_prefix(JSON_PREFIX).filter(|rest| !rest.is_empty());
    let own = short.is_empty().then_some(name);
    short.iter().copied().chain(own).chain(json)
}

/// Every short name.
pub fn short_names<'a>() -> impl Iterator<Item = &'a str> {
    SHORT.iter().map(|(short, _)| *short)
}

pub(crate) fn is_collection(name: &str) -> bool {
    COLLECTION.contains(&name)
}

pub(crate) fn is_time(name: &str) -> bool {
    TIME.contains(&name)
}

pub(crate) fn is_level(name: &str) -> bool {
    LEVEL.contains(&name)
}

pub(crate) fn is_prose(name: &str) -> bool {
    PROSE.contains(&name)
}

/// How many nanoseconds 1 is in the field of this name: `responseSeconds` holds seconds, `http.durationMs` and every
/// field whose name says nothing hold milliseconds.
pub fn nanos_per_unit(name: &str) -> f64 {
    DURATION_ENDINGS
        .iter()
        .find(|(ending, _)| name.ends_with(ending))
        .map_or(1e6, |(_, nanos)| *nanos)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::REFERENCE;

    #[test]
    fn users_are_told_of_every_short_name() {
        for name in short_names() {
            assert!(REFERENCE.contains(&format!("`{name}`")), "{name}");
        }
    }

    #[test]
    fn a_short_name_may_be_the_apps_own() {
        for name in short_names().chain(["cart.total", "json.cart"]) {
            assert!(candidates(name).any(|path| path == name), "{name}");
        }
    }

    #[test]
    fn names_tell_units() {
        for (name, nanos) in
            [("http.durationMs", 1e6), ("wait_s", 1e9), ("tookUs", 1e3), ("took", 1e6)]
        {
            assert!((nanos_per_unit(name) - nanos).abs() < f64::EPSILON, "{name}");
        }
    }
}

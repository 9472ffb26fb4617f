use super::target::Target;
use crate::StoreError;
use mongodb::error::{Error, ErrorKind, WriteFailure};

/// An `_id` or another unique key is there already.
pub(super) const DUPLICATE_KEY: i32 = 11_000;
const UNAUTHORIZED: i32 = 13;
const AUTHENTICATION_FAILED: i32 = 18;
/// All that MongoDB Atlas itself refuses, told apart by the text alone.
const ATLAS: i32 = 8_000;
/// What is wrong is the collection's or the database's name.
const INVALID_NAMESPACE: i32 = 73;
const OUT_OF_DISK_SPACE: i32 = 14_031;
/// mLab's and its heirs' quota.
const QUOTA_EXCEEDED: i32 = 12_501;

/// A server that goes, comes, steps down, or takes too long
/// (<https://github.com/mongodb/specifications/blob/master/source/server-discovery-and-monitoring/server-discovery-and-monitoring.md>):
/// `HostUnreachable`, `HostNotFound`, `MaxTimeMSExpired`, `WriteConcernFailed` (by time), `NetworkTimeout`,
/// `ShutdownInProgress`, `PrimarySteppedDown`, `ExceededTimeLimit`, `SocketException`, `NotWritablePrimary`,
/// `InterruptedAtShutdown`, `InterruptedDueToReplStateChange`, `NotPrimaryNoSecondaryOk`, `NotPrimaryOrSecondary`.
const PASSING: [i32; 14] =
    [6, 7, 50, 64, 89, 91, 189, 262, 9_001, 10_107, 11_600, 11_602, 13_435, 13_436];

const FULL_HINT: &str = "delete what is no longer needed, or move to a larger tier";
const ALLOW_LIST_HINT: &str = "on MongoDB Atlas, an address that is not in the project's IP access list \
     is not answered: add it under Security, Network Access (0.0.0.0/0 for a host without a fixed address)";

const NAME_HINT: &str =
    "is the host's name spelled right? MongoDB Atlas shows it under Connect, Drivers";

/// What the driver's error means to whoever keeps logs.
pub(super) fn store_error(target: &Target, error: &Error) -> StoreError {
    match error.kind.as_ref() {
        ErrorKind::Authentication { message, .. } => unauthorized(target, message),
        ErrorKind::Command(command) => by_code(target, command.code, &command.message),
        ErrorKind::Write(WriteFailure::WriteError(write)) => {
            by_code(target, write.code, &write.message)
        }
        ErrorKind::Write(WriteFailure::WriteConcernError(concern)) => {
            by_code(target, concern.code, &concern.message)
        }
        ErrorKind::ServerSelection { message, .. } => unavailable(target, &selection(message)),
        ErrorKind::DnsResolve { message, .. } => unresolved(target, message),
        ErrorKind::Io(_) | ErrorKind::ConnectionPoolCleared { .. } => {
            unavailable(target, &format!("{}: {}", target.hosts, text(error)))
        }
        _ => failed(target, text(error)),
    }
}

/// Whether a single record was refused because its `_id` is there already.
pub(super) fn is_duplicate(error: &Error) -> bool {
    matches!(
        error.kind.as_ref(),
        ErrorKind::Write(WriteFailure::WriteError(error)) if error.code == DUPLICATE_KEY
    )
}

/// What an error code of the server means.
pub(super) fn by_code(target: &Target, code: i32, message: &str) -> StoreError {
    let words = message.to_lowercase();
    match code {
        ATLAS if words.contains("quota") => full(target, message),
        ATLAS if words.contains("auth") => unauthorized(target, message),
        QUOTA_EXCEEDED | OUT_OF_DISK_SPACE => full(target, message),
        UNAUTHORIZED | AUTHENTICATION_FAILED => unauthorized(target, message),
        INVALID_NAMESPACE => StoreError::Rejected {
            place: format!("a name in {}", target.location),
            reason: message.to_owned(),
        },
        code if PASSING.contains(&code) => unavailable(target, message),
        _ => failed(target, format!("{message} (code {code})")),
    }
}

fn unauthorized(target: &Target, message: &str) -> StoreError {
    let reason = match &target.user {
        Some(user) => format!(
            "{user}: {message}; check the name and the password, and that the user belongs to that \
             database (`authSource` in the URI names another)"
        ),
        None => format!("{message}; the URI names no user (mongodb://USER:PASSWORD@…)"),
    };
    StoreError::Unauthorized { location: target.location.clone(), reason }
}

fn full(target: &Target, message: &str) -> StoreError {
    StoreError::Full {
        location: target.location.clone(),
        reason: format!("{message}; {FULL_HINT}"),
    }
}

fn unavailable(target: &Target, reason: &str) -> StoreError {
    StoreError::Unavailable { location: target.location.clone(), reason: hinted(target, reason) }
}

/// A name that no server has: the list of allowed addresses has no part in it.
fn unresolved(target: &Target, message: &str) -> StoreError {
    // The resolver goes on with its query as Rust would print it.
    let message = message.split(" for Query {").next().unwrap_or_default();
    let reason = format!("the lookup of {} failed: {message}; {NAME_HINT}", target.hosts);
    StoreError::Unavailable { location: target.location.clone(), reason }
}

/// Adds what most often is the reason on MongoDB Atlas.
pub(super) fn hinted(target: &Target, reason: &str) -> String {
    if target.hosts.contains(".mongodb.net") {
        format!("{reason}; {ALLOW_LIST_HINT}")
    } else {
        reason.to_owned()
    }
}

fn failed(target: &Target, reason: String) -> StoreError {
    StoreError::Failed { location: target.location.clone(), reason }
}

/// An error's own words, without the driver's labels and replies around them.
pub(super) fn text(error: &Error) -> String {
    error.kind.to_string()
}

/// Each server's address and why it cannot be used, out of the driver's description of the topology:
/// `… Servers: [ { Address: host:1, Type: Unknown, Error: Kind: I/O error: …, labels: {}, … } ] }`.
fn selection(message: &str) -> String {
    let servers: Vec<String> = message.split("Address: ").skip(1).map(server).collect();
    if servers.is_empty() { message.to_owned() } else { servers.join("; ") }
}

fn server(description: &str) -> String {
    let address = description.split(',').next().unwrap_or_default();
    let kind = description.split("Error: Kind: ").nth(1);
    let cause = kind.and_then(|kind| kind.split(", labels: ").next());
    match cause {
        Some(cause) => format!("{address}: {cause}"),
        None if description.contains("Type: Unknown") => format!("{address}: no answer yet"),
        None => format!("{address}: not the primary"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(uri: &str) -> Target {
        Target::parse(uri).unwrap()
    }

    #[test]
    fn codes_are_what_users_can_act_on() {
        let target = target("mongodb://app:secret@h/shop");
        for (code, message, expected) in [
            (8000, "you are over your space quota, using 513 MB of 512 MB", "no room in"),
            (8000, "bad auth : authentication failed", "user app of database shop"),
            (8000, "command x is not allowed in this tier", "not allowed"),
            (12501, "quota exceeded", "larger tier"),
            (13, "not authorized on shop", "user app of database shop"),
            (18, "Authentication failed.", "authSource"),
            (10107, "not primary", "cannot reach"),
            (2, "bad value", "bad value (code 2)"),
        ] {
            let shown = by_code(&target, code, message).to_string();
            assert!(shown.contains(expected), "{code}: {shown}");
            assert!(!shown.contains("secret"), "{shown}");
        }
    }

    #[test]
    fn a_silent_atlas_cluster_brings_the_access_list_to_mind() {
        for (uri, hint) in [
            ("mongodb+srv://u:p@cluster0.ab1cd.mongodb.net/logs", true),
            ("mongodb://u:p@a.ab1cd.mongodb.net:27017/logs", true),
            ("mongodb://127.0.0.1/logs", false),
        ] {
            let shown = unavailable(&target(uri), "timed out").to_string();
            assert_eq!(shown.contains("IP access list"), hint, "{shown}");
        }
    }

    #[test]
    fn a_name_that_is_not_found_is_asked_for_and_nothing_else() {
        let query = "Query { name: Name(\"_mongodb._tcp.c.ab1cd.mongodb.net.\"), query_type: SRV }";
        let message = format!("DNS error: no records found for {query}");
        let target = target("mongodb+srv://u:p@c.ab1cd.mongodb.net/logs");
        let shown = unresolved(&target, &message).to_string();
        assert!(shown.ends_with(&format!("no records found; {NAME_HINT}")), "{shown}");
    }
}

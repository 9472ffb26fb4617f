//! What never becomes a record: the events of the machinery that keeps records. Keeping them would make more of
//! them, without end.

/// The libraries that keep records, by the first part of their modules' paths.
const OWN_CRATES: [&str; 9] = [
    "mongodb",
    "log4mongo",
    "woodpile_keep",
    "woodpile_store",
    "woodpile_record",
    "rustls",
    "hickory_resolver",
    "hickory_proto",
    "hickory_net",
];

/// How the threads are named that keep records: whatever happens on them is theirs.
const OWN_THREADS: &str = "woodpile-";

/// Whether an event of this target comes from the machinery itself.
pub(crate) fn is_own_target(target: &str) -> bool {
    // Every log call passes here: most targets are told by their first byte.
    if !matches!(target.as_bytes().first(), Some(b'm' | b'l' | b'w' | b'r' | b'h')) {
        return false;
    }
    let end = target.find("::").unwrap_or(target.len());
    target.get(..end).is_some_and(|name| OWN_CRATES.contains(&name))
}

/// Whether a thread of this name belongs to the machinery.
pub(crate) fn is_own_thread(name: &str) -> bool {
    name.starts_with(OWN_THREADS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_driver_and_this_crate_are_told_from_the_app() {
        let check = |target, own| assert_eq!(is_own_target(target), own, "{target}");
        check("mongodb", true);
        check("mongodb::command", true);
        check("rustls::client::hs", true);
        check("hickory_resolver::name_server", true);
        check("woodpile_keep::writer", true);
        check("log4mongo", true);
        check("mongodb_shop", false);
        check("woodpile_demo::web", false);
        check("shop::mongodb", false);
        check("", false);
    }
}

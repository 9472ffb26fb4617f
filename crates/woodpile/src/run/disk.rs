//! Disks that do not last.

/// Variables by which a platform is known, and what becomes of its disk.
const PLATFORMS: [(&str, &str); 2] = [
    ("DYNO", "Heroku empties a dyno's disk at every restart"),
    ("RENDER", "Render empties a service's disk at every deploy, unless it is a persistent one"),
];

/// Why a file of this machine will not outlive the next restart, if it will not.
pub(crate) fn why_lost() -> Option<&'static str> {
    let platform = PLATFORMS.iter().find(|(name, _)| std::env::var_os(name).is_some());
    platform.map(|(_, reason)| *reason)
}

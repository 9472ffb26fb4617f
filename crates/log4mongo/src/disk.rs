//! Whether a file outlives the next restart: on some platforms it does not, and nobody would notice until then.

use std::path::Path;

/// What is known of the machine.
pub(crate) struct Machine<'a> {
    pub(crate) environment: &'a dyn Fn(&str) -> Option<String>,
    /// Whether this is a container.
    pub(crate) is_container: bool,
    /// Linux' `/proc/self/mountinfo`.
    pub(crate) mounts: Option<&'a str>,
}

/// Why a file at this absolute path will be lost, if it will be.
pub(crate) fn why_lost(path: &Path, machine: &Machine<'_>) -> Option<&'static str> {
    if (machine.environment)("DYNO").is_some() {
        return Some("a dyno's disk is emptied at every restart, at least once a day");
    }
    let on_volume = machine.mounts.is_some_and(|mounts| is_on_volume(path, mounts));
    if on_volume {
        return None;
    }
    if (machine.environment)("RENDER").is_some() {
        return Some("this service has no persistent disk at that path");
    }
    machine.is_container.then_some("this container has no volume at that path")
}

/// Whether a file system other than the root's, and one that is not in memory, holds the path.
fn is_on_volume(path: &Path, mounts: &str) -> bool {
    let holders = mounts.lines().filter_map(mount).filter(|(point, _)| path.starts_with(point));
    let nearest = holders.max_by_key(|(point, _)| point.len());
    nearest.is_some_and(|(point, kind)| point != "/" && kind != "tmpfs")
}

/// A line's mount point and type: `36 35 98:0 / /data rw,noatime shared:1 - ext4 /dev/sdb rw`
/// (<https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html>).
fn mount(line: &str) -> Option<(&str, &str)> {
    let (place, device) = line.split_once(" - ")?;
    Some((place.split(' ').nth(4)?, device.split(' ').next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
36 35 98:0 / / rw - overlay overlay rw
37 36 0:5 / /tmp rw - tmpfs tmpfs rw
38 36 8:16 / /data rw,noatime shared:1 - ext4 /dev/sdb rw";

    fn check(variable: &str, is_container: bool, path: &str, lost: Option<&str>) {
        let environment = |name: &str| (name == variable).then(|| "web.1".to_owned());
        let machine = Machine { environment: &environment, is_container, mounts: Some(MOUNTS) };
        let why = why_lost(Path::new(path), &machine);
        assert_eq!(why.map(|why| why.split(' ').next().unwrap_or_default()), lost, "{path}");
    }

    #[test]
    fn a_file_lasts_where_a_volume_holds_it() {
        check("DYNO", false, "/data/woodpile.db", Some("a"));
        check("RENDER", false, "/app/woodpile.db", Some("this"));
        check("RENDER", false, "/data/woodpile.db", None);
        check("", true, "/app/woodpile.db", Some("this"));
        check("", true, "/tmp/woodpile.db", Some("this"));
        check("", true, "/data/woodpile.db", None);
        check("", true, "/database/woodpile.db", Some("this"));
        check("", false, "/home/woodpile.db", None);
    }
}

//! Whether a file outlives the next restart: on some platforms it does not, and nobody would notice until then.

use std::path::Path;

/// Files by which Docker and Podman mark their containers.
const CONTAINER_MARKS: [&str; 2] = ["/.dockerenv", "/run/.containerenv"];
/// What is mounted where, on Linux.
const MOUNTS: &str = "/proc/self/mountinfo";

/// Why a file at this path will not outlive the next restart, if it will not. The lookup gives an environment
/// variable's value by its name.
pub fn why_lost(path: &Path, environment: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    let is_container = CONTAINER_MARKS.iter().any(|mark| Path::new(mark).exists());
    let mounts = std::fs::read_to_string(MOUNTS).ok();
    let machine = Machine { environment: &environment, is_container, mounts: mounts.as_deref() };
    why_lost_on(&machine, &std::path::absolute(path).ok()?)
}

/// What is known of the machine.
struct Machine<'a> {
    environment: &'a dyn Fn(&str) -> Option<String>,
    is_container: bool,
    /// What [`MOUNTS`] says.
    mounts: Option<&'a str>,
}

/// Of a file at an absolute path.
fn why_lost_on(machine: &Machine<'_>, path: &Path) -> Option<&'static str> {
    if (machine.environment)("DYNO").is_some() {
        return Some("Heroku empties a dyno's disk at every restart, at least once a day");
    }
    let holder = machine.mounts.and_then(|mounts| holder(path, mounts));
    if holder.as_ref().is_some_and(Mount::is_volume) {
        return None;
    }
    if (machine.environment)("RENDER").is_some() {
        return Some("this service has no persistent disk at that path");
    }
    // A virtual machine that was made from a container's image has the marks, too, and a disk of its own.
    let has_disk = holder.is_some_and(|root| root.device.starts_with("/dev/"));
    (machine.is_container && !has_disk).then_some("this container has no volume at that path")
}

/// A line of the table: `36 35 98:0 / /data rw,noatime shared:1 - ext4 /dev/sdb rw`
/// (<https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html>).
struct Mount<'a> {
    point: &'a str,
    kind: &'a str,
    device: &'a str,
}

impl<'a> Mount<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (place, file_system) = line.split_once(" - ")?;
        let mut file_system = file_system.split(' ');
        let point = place.split(' ').nth(4)?;
        Some(Self { point, kind: file_system.next()?, device: file_system.next()? })
    }

    /// Whether it is a file system other than the root's, and not in memory.
    fn is_volume(&self) -> bool {
        self.point != "/" && self.kind != "tmpfs"
    }
}

/// The file system that holds the path: of several on one point, the last.
fn holder<'a>(path: &Path, mounts: &'a str) -> Option<Mount<'a>> {
    let holders = mounts.lines().filter_map(Mount::parse);
    holders.filter(|mount| path.starts_with(mount.point)).max_by_key(|mount| mount.point.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
36 35 98:0 / / rw - overlay overlay rw
37 36 0:5 / /tmp rw - tmpfs tmpfs rw
38 36 8:16 / /data rw,noatime shared:1 - ext4 /dev/sdb rw";

    fn check(variable: &str, is_container: bool, path: &str, lost: Option<&str>) {
        let environment = |name: &str| (name == variable).then(|| "web.1".to_owned());
        let machine = Machine { environment: &environment, is_container, mounts: Some(TABLE) };
        let why = why_lost_on(&machine, Path::new(path));
        assert_eq!(why.map(|why| why.split(' ').next().unwrap_or_default()), lost, "{path}");
    }

    #[test]
    fn a_machine_made_from_a_containers_image_has_a_disk() {
        let mounts = Some("27 1 254:0 / / rw - ext4 /dev/vda rw");
        let machine = Machine { environment: &|_| None, is_container: true, mounts };
        assert_eq!(why_lost_on(&machine, Path::new("/home/woodpile.db")), None);
    }

    #[test]
    fn a_file_lasts_where_a_volume_holds_it() {
        check("DYNO", false, "/data/woodpile.db", Some("Heroku"));
        check("RENDER", false, "/app/woodpile.db", Some("this"));
        check("RENDER", false, "/data/woodpile.db", None);
        check("", true, "/app/woodpile.db", Some("this"));
        check("", true, "/tmp/woodpile.db", Some("this"));
        check("", true, "/data/woodpile.db", None);
        check("", true, "/database/woodpile.db", Some("this"));
        check("", false, "/home/woodpile.db", None);
    }
}

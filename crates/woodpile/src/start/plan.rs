//! Which processes run, under which names, with which ports.

use super::formation::Formation;
use super::procfile::Process;

/// The first port of the next kind of process.
const PORTS_PER_KIND: u16 = 100;
/// The first port when nobody names one.
const DEFAULT_PORT: u16 = 5000;

/// One process to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Instance {
    /// Such as `web.1`.
    pub(crate) name: String,
    /// Such as `web`.
    pub(crate) kind: String,
    /// Its line's place in the Procfile, from 0.
    pub(crate) index: usize,
    /// What the shell runs.
    pub(crate) command: String,
    /// `PORT` in its environment.
    pub(crate) port: u16,
}

/// The base port: the flag, else `PORT` of the `.env` files, else of the environment, else 5000.
pub(crate) fn base_port(
    flag: Option<u16>,
    dot_env: Option<&str>,
    environment: Option<&str>,
) -> Result<u16, String> {
    let mut named = [dot_env, environment].into_iter().flatten().map(str::trim);
    let named = named.find(|text| !text.is_empty());
    match (flag, named) {
        (Some(port), _) => Ok(port),
        (None, None) => Ok(DEFAULT_PORT),
        (None, Some(text)) => text
            .parse()
            .map_err(|_| format!("PORT={text}: expected a port number from 0 to {}", u16::MAX)),
    }
}

/// Every process of the formation, in the order of the Procfile. The n-th instance of the k-th line has
/// the port base + 100 k + n, both from 0, whether or not the lines before it run.
pub(crate) fn instances(
    processes: &[Process],
    formation: &Formation,
    base: u16,
) -> Result<Vec<Instance>, String> {
    let mut instances = Vec::new();
    for (index, process) in processes.iter().enumerate() {
        for number in 0..formation.count(&process.name) {
            let name = format!("{}.{}", process.name, number + 1);
            let port = port(base, index, number).ok_or_else(|| {
                format!(
                    "no port is left for {name}: the first is {base}; choose a lower one with -p"
                )
            })?;
            let (kind, command) = (process.name.clone(), process.command.clone());
            instances.push(Instance { name, kind, index, command, port });
        }
    }
    if instances.is_empty() {
        return Err("the formation starts nothing; name a process with -m, such as -m web=1".into());
    }
    Ok(instances)
}

fn port(base: u16, index: usize, number: u16) -> Option<u16> {
    let offset = u16::try_from(index).ok()?.checked_mul(PORTS_PER_KIND)?;
    base.checked_add(offset)?.checked_add(number)
}

#[cfg(test)]
mod tests {
    use super::super::procfile;
    use super::*;

    const PROCFILE: &str = "web: w\nworker: x\nclock: c";

    fn plan(formation: &str, base: u16) -> Result<Vec<(String, u16)>, String> {
        let processes = procfile::parse(PROCFILE).unwrap();
        let formation = Formation::parse(formation, &["web", "worker", "clock"]).unwrap();
        let instances = instances(&processes, &formation, base)?;
        Ok(instances.into_iter().map(|instance| (instance.name, instance.port)).collect())
    }

    #[test]
    fn names_and_ports_are_those_of_foreman() {
        let expected = [("web.1", 5000), ("web.2", 5001), ("clock.1", 5200)];
        let expected = expected.map(|(name, port)| (name.to_owned(), port));
        assert_eq!(plan("web=2,clock=1", 5000).unwrap(), expected);
    }

    #[test]
    fn a_plan_that_cannot_be_is_refused() {
        assert!(plan("all=0", 5000).unwrap_err().contains("starts nothing"));
        assert!(plan("all=1", 65_400).unwrap_err().contains("no port is left for clock.1"));
    }

    #[test]
    fn the_base_port_is_the_first_that_is_named() {
        for (flag, dot_env, environment, expected) in [
            (Some(1), Some("2"), Some("3"), Ok(1)),
            (None, Some("2"), Some("3"), Ok(2)),
            (None, Some(""), Some("3"), Ok(3)),
            (None, None, Some("3"), Ok(3)),
            (None, None, None, Ok(5000)),
            (None, Some("http"), None, Err("PORT=http: expected a port number from 0 to 65535")),
            (None, None, Some("70000"), Err("PORT=70000: expected a port number from 0 to 65535")),
        ] {
            let found = base_port(flag, dot_env, environment);
            assert_eq!(found, expected.map_err(str::to_owned));
        }
    }
}

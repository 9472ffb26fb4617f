//! The Procfile: `name: command`, one process a line, as foreman reads it. Blank lines and lines that
//! begin with `#` say nothing; any other line is an error here, where foreman would skip it in silence.

use std::fmt;

/// One line of the Procfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    /// Such as `web`.
    pub(crate) name: String,
    /// What the shell runs.
    pub(crate) command: String,
}

/// The processes in the order of the file.
pub(crate) fn parse(text: &str) -> Result<Vec<Process>, ProcfileError> {
    let mut seen: Vec<(usize, Process)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let number = index + 1;
        let process = process_of(line)
            .ok_or_else(|| ProcfileError::BadLine { line: number, found: line.to_owned() })?;
        if let Some((first, _)) = seen.iter().find(|(_, earlier)| earlier.name == process.name) {
            return Err(ProcfileError::Twice { name: process.name, first: *first, line: number });
        }
        seen.push((number, process));
    }
    if seen.is_empty() {
        return Err(ProcfileError::Empty);
    }
    Ok(seen.into_iter().map(|(_, process)| process).collect())
}

fn process_of(line: &str) -> Option<Process> {
    let (name, command) = line.split_once(':')?;
    let command = command.trim_start();
    let named = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    (named && !command.is_empty())
        .then(|| Process { name: name.to_owned(), command: command.to_owned() })
}

/// What is wrong with a Procfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProcfileError {
    /// A line that is no `name: command`.
    BadLine {
        /// Counted from 1.
        line: usize,
        /// The line.
        found: String,
    },
    /// Two lines with one name.
    Twice {
        /// The name.
        name: String,
        /// The line that had it first, counted from 1.
        first: usize,
        /// The line that has it again.
        line: usize,
    },
    /// No process at all.
    Empty,
}

impl fmt::Display for ProcfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadLine { line, found } => write!(
                f,
                "line {line}: expected `name: command` with a name of letters, digits, `_` and `-`, \
                 found `{}`",
                found.escape_debug()
            ),
            Self::Twice { name, first, line } => {
                write!(f, "line {line}: `{name}` is already on line {first}; give one another name")
            }
            Self::Empty => {
                write!(f, "there is no process in it; add a line such as `web: gunicorn app:app`")
            }
        }
    }
}

impl std::error::Error for ProcfileError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_come_in_the_order_of_the_file() {
        let text = "# the app\nweb: gunicorn app:app -b 0.0.0.0:$PORT\r\n\n  \nmy-worker_2:\tpython w.py # keeps this\n";
        let processes = parse(text).unwrap();
        let expected = [
            ("web", "gunicorn app:app -b 0.0.0.0:$PORT"),
            ("my-worker_2", "python w.py # keeps this"),
        ];
        let found: Vec<_> =
            processes.iter().map(|process| (&*process.name, &*process.command)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_bad_file_is_refused_with_the_line() {
        for (text, expected) in [
            ("web: x\nworker python", "line 2: expected `name: command`"),
            (" web: x", "line 1: expected `name: command`"),
            ("web server: x", "line 1: expected `name: command`"),
            ("wéb: x", "line 1: expected `name: command`"),
            (": x", "line 1: expected `name: command`"),
            ("\nweb:  ", "line 2: expected `name: command`"),
            ("web: \u{7}\na\u{1b}[2J", "found `a\\u{1b}[2J`"),
            ("web: x\n\nweb: y", "line 3: `web` is already on line 1"),
            ("", "there is no process in it"),
            ("# web: x\n", "there is no process in it"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text:?} gives {error}");
        }
    }
}

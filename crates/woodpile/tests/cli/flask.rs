//! `examples/flask`, unmodified, under `start`: its three logs are told apart.

use crate::harness::{Home, signal, text};
use crate::run::{environment, home, records};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The programs of a virtual environment with Flask and gunicorn, which is made once; `None` means: skip.
///
/// # Panics
/// Under `CI=true`, if it cannot be made.
fn python_programs() -> Option<PathBuf> {
    let venv = Path::new(env!("CARGO_TARGET_TMPDIR")).join("flask-venv");
    let requirements = example().join("requirements.txt");
    let python = venv.join("bin/python");
    let is_ready = || run(Command::new(&python).args(["-c", "import flask, gunicorn"]));
    let made = is_ready().or_else(|_| {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))?;
        run(Command::new(&python).args(["-m", "pip", "install", "-q", "-r"]).arg(&requirements))
    });
    match made {
        Ok(()) => Some(venv.join("bin")),
        Err(reason) if environment("CI").is_some_and(|ci| ci == "true") => {
            panic!("no Python with Flask and gunicorn to test with: {reason}")
        }
        Err(reason) => {
            woodpile_test_support::skip(&format!("no Python with Flask and gunicorn: {reason}"));
            None
        }
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(said) }
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/flask")
}

fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nUser-Agent: test\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap().to_owned()
}

/// Runs the example, asks for its three pages and stops it.
fn visit(home: &Home) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let procfile = example().join("Procfile");
    let mut start = home.command(["start", "-p", &port.to_string(), "-f"]);
    let mut child = start.arg(procfile).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("Booting worker")));
    for (path, status) in [("/", "200"), ("/missing", "404"), ("/fail", "500")] {
        assert!(get(port, path).contains(status), "{path}");
    }
    signal(&child, "TERM");
    // Nothing may wait for us to read.
    lines.for_each(drop);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn its_three_logs_are_told_apart() {
    let Some(programs) = python_programs() else { return };
    let path = format!("{}:{}", programs.display(), environment("PATH").unwrap());
    let home = home().variable("PATH", &path).variable("PYTHONDONTWRITEBYTECODE", "1");
    visit(&home);
    let records = records(&home);
    let of = |log: &str| -> Vec<&Value> {
        records.iter().filter(|record| record["_collection"] == log).collect()
    };

    let requests: Vec<_> = of("access-log")
        .iter()
        .map(|record| (text(&record["http"]["path"]), record["http"]["status"].clone()))
        .collect();
    let expected = [("/", 200), ("/missing", 404), ("/fail", 500)];
    assert_eq!(requests, expected.map(|(path, status)| (path.to_owned(), status.into())));

    let lifecycle: Vec<_> = of("error-log").iter().map(|record| text(&record["message"])).collect();
    for expected in ["Starting gunicorn", "Listening at", "Booting worker", "Shutting down"] {
        assert!(lifecycle.iter().any(|line| line.starts_with(expected)), "{lifecycle:#?}");
    }

    let [said, failed] = of("application-log")[..] else { panic!("{records:#?}") };
    assert_eq!(
        (&said["level"], &said["message"]),
        (&"DEBUG".into(), &"This is an application log message".into())
    );
    assert_eq!(
        (&failed["level"], &failed["message"]),
        (&"ERROR".into(), &"Exception on /fail [GET]".into())
    );
    assert_eq!(failed["exception"]["type"], "ValueError");
    assert_eq!(failed["exception"]["message"], "this route always fails");
    let trace = text(&failed["exception"]["stackTrace"]);
    assert!(trace.starts_with("Traceback (most recent call last):\n"), "{trace}");
    assert!(trace.ends_with("\nValueError: this route always fails"), "{trace}");
    assert!(records.iter().all(|record| record["app"] == "web" && record["tags"][0] == "web.1"));
}

//! The example, run as its README says.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use woodpile_record::{Record, find, json};
use woodpile_store::{Location, OpenOptions, Order, Prune};

/// Every route once.
const PATHS: [&str; 4] = ["/", "/fail", "/panic", "/nothing"];

/// What decides where the example logs to.
const SETTINGS: [&str; 7] = [
    "VERSION",
    "WOODPILE_CAPTURED",
    "WOODPILE_STORE",
    "MONGODB_URI",
    "MONGOLAB_URI",
    "MONGO_URL",
    "RUST_LOG",
];

/// Runs the example in a folder, asks for every path, stops it and gives what it printed.
fn run(folder: &Path, setting: (&str, &str)) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hello"));
    for name in SETTINGS {
        command.env_remove(name);
    }
    command.current_dir(folder).env("PORT", "0").env(setting.0, setting.1);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let port = port(&mut stderr);
    // Somebody must read what it says, or it waits.
    let rest = std::thread::spawn(move || stderr.read_to_end(&mut Vec::new()));
    for path in PATHS {
        get(port, path);
    }
    let printed = stop(child);
    rest.join().unwrap().unwrap();
    printed
}

/// From `hello: listening at http://0.0.0.0:PORT`.
fn port(stderr: &mut impl BufRead) -> u16 {
    let lines = stderr.lines().map_while(Result::ok);
    let mut ports = lines
        .filter(|line| line.contains("listening at"))
        .filter_map(|line| line.rsplit(':').next().and_then(|port| port.parse().ok()));
    ports.next().unwrap()
}

fn get(port: u16, path: &str) {
    let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(server, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    server.read_to_end(&mut Vec::new()).unwrap();
}

/// As a platform stops it.
fn stop(mut child: Child) -> String {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let mut printed = String::new();
    child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    assert!(child.wait().unwrap().success());
    printed
}

fn messages(store: &Path, collection: &str) -> Vec<String> {
    let location = Location::File(store.to_owned());
    let store = woodpile_store::open(&location, &OpenOptions::READ).unwrap();
    let mut rows = store.read(collection, &Prune::NONE, Order::OldestFirst).unwrap();
    let mut messages = Vec::new();
    while let Some(batch) = rows.next().unwrap() {
        messages.extend(batch.iter().map(message));
    }
    messages
}

fn message(record: &woodpile_record::RawDocument) -> String {
    find(record, "message").unwrap().as_str().unwrap().to_owned()
}

#[test]
fn in_production_all_three_logs_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(folder.path(), ("VERSION", "production"));
    assert_eq!(printed, "", "what is kept is not printed");
    let kept = |collection: &str| messages(&folder.path().join("woodpile.db"), collection);
    assert_eq!(kept("application-log"), ["This is an application log message"]);
    let access = kept("access-log");
    for (path, (line, status)) in PATHS.iter().zip(access.iter().zip([200, 500, 500, 404])) {
        assert!(line.contains(&format!("\"GET {path} HTTP/1.1\" {status} ")), "{line}");
    }
    let errors = kept("error-log");
    let parts = [
        "Starting hello",
        "Listening at: http://0.0.0.0:",
        "GET /fail failed with 500: there is no such cart",
        "GET /panic panicked: the cart is on fire",
        "Shutting down",
    ];
    assert_eq!(errors.len(), parts.len(), "{errors:#?}");
    for (error, part) in errors.iter().zip(parts) {
        assert!(error.starts_with(part), "{error} should be {part}");
    }
}

#[test]
fn in_development_lines_in_the_shape_of_heroku_log4mongo_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(folder.path(), ("VERSION", "developement"));
    let ends = |part: &str| printed.lines().any(|line| line.contains(part));
    assert!(ends("[DEBUG/APPLICATION] This is an application log message"), "{printed}");
    assert!(ends("[INFO/ACCESS] 127.0.0.1 - - ["), "{printed}");
    assert!(ends("Caused by: invalid digit found in string"), "{printed}");
    assert!(!folder.path().join("woodpile.db").exists());
}

#[test]
fn captured_records_come_as_lines_that_import_takes_verbatim() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(folder.path(), ("WOODPILE_CAPTURED", "1"));
    let exported = |line: &str| -> (String, Record) {
        let (collection, record) = json::parse_export(line).unwrap();
        (collection.unwrap(), record)
    };
    let records: Vec<_> = printed.lines().map(exported).collect();
    let access = records.iter().find(|(collection, _)| collection == "access-log").unwrap();
    let status = find(access.1.as_document(), "http.status").unwrap();
    assert_eq!(status.as_i32(), Some(200), "types survive");
    assert_eq!(records.len(), 1 + PATHS.len() + 5);
    assert!(records.iter().all(|(_, record)| find(record.as_document(), "_id").is_some()));
}

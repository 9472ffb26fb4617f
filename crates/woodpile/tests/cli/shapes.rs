//! What the logs of web frameworks look like, printed by a process under `run`: each is told apart.

use crate::harness::{data, text};
use crate::run::{home, records};

/// The collections and, of access records, the methods, paths and statuses, in the order of the lines.
#[track_caller]
fn check(capture: &str, expected: &[(&str, &str)]) {
    let home = home();
    home.run(["run".as_ref(), "cat".as_ref(), data(capture).as_os_str()]).succeeds();
    let mut records = records(&home);
    records.sort_by_key(|record| text(&record["_id"]["$oid"]));
    let found: Vec<_> = records
        .iter()
        .map(|record| {
            let http = &record["http"];
            let request = http.as_object().map(|http| {
                let (method, path) = (text(&http["method"]), text(&http["path"]));
                format!("{method} {path} {}", http["status"])
            });
            let said = request.unwrap_or_else(|| text(&record["message"]));
            (text(&record["_collection"]), said)
        })
        .collect();
    let found: Vec<_> = found.iter().map(|(log, said)| (&**log, &**said)).collect();
    assert_eq!(found, expected);
}

#[test]
fn django() {
    check(
        "django.log",
        &[
            ("application-log", "Watching for file changes with StatReloader"),
            ("access-log", "GET / 200"),
            ("application-log", "Not Found: /missing"),
            ("access-log", "GET /missing 404"),
            ("application-log", "Internal Server Error: /fail"),
            ("access-log", "GET /fail 500"),
        ],
    );
}

#[test]
fn express_with_morgan() {
    check(
        "express.log",
        &[
            ("application-log", "listening on 3000"),
            ("access-log", "GET / 200"),
            ("access-log", "GET /missing 404"),
            ("application-log", "Error: this route always fails"),
            ("access-log", "GET /fail 500"),
        ],
    );
}

#[test]
fn rails() {
    check(
        "rails.log",
        &[
            ("application-log", "=> Booting Puma"),
            ("access-log", "GET / 200"),
            ("access-log", "GET /fail 500"),
            ("application-log", "RuntimeError (this route always fails):"),
        ],
    );
}

#[test]
fn a_request_that_takes_its_time_is_one_record() {
    let home = home();
    let script = "echo 'Started GET \"/slow\" for ::1 at 2026-11-22 07:32:49 +0000'; sleep 0.7
        echo 'Completed 200 OK in 700ms (Views: 1.0ms | ActiveRecord: 0.0ms)'";
    home.run(["run", "--", "sh", "-c", script]).succeeds();
    let records = records(&home);
    assert_eq!(records.len(), 1, "{records:#?}");
    assert_eq!(
        (&records[0]["http"]["path"], &records[0]["http"]["status"]),
        (&"/slow".into(), &200.into())
    );
}

//! The query language, as `logs` speaks it.

use crate::harness::Home;

const ALL: &[&str] = &["access.log", "app.log", "gunicorn.log", "events.ndjson"];

/// What `logs` prints of a query in a format.
#[track_caller]
fn check(home: &Home, query: &str, format: &str, expected: &str) {
    let args = ["logs", "--utc", "-o", format, "--", query];
    home.run(args).code(i32::from(expected.is_empty())).prints(expected);
}

#[test]
fn fields_are_compared_by_value_hot_and_packed() {
    let home = Home::with(ALL);
    for _ in 0..2 {
        for (query, expected) in [
            ("status:>=500 | fields path", "/api/stock\n"),
            ("status:(302 OR 404) | fields path", "/checkout\n/missing\n"),
            ("ip:203.0.113.0/29 -path:/cart | fields path", "/api/stock\n"),
            ("level:>=error", "payment failed\nmail bounced\n"),
            ("exception.type:*Error", "payment failed\n"),
            ("-collection:access-log -level:info -level:err*", "3 left of teapot\n"),
            (
                "time:[\"2026-11-22 07:30:05\" TO \"2026-11-22 07:30:06\"] -status:*",
                "cart closed\n",
            ),
            ("plan.seats:3", "signup\n"),
            ("status:600", ""),
        ] {
            check(&home, query, "raw", expected);
        }
        home.run(["pack", "--all"]).succeeds();
    }
}

#[test]
fn rows_have_every_format() {
    let home = Home::with(&["access.log"]);
    let query = "status:>=400 | fields time, status, user";
    for (format, expected) in [
        (
            "text",
            "time                  status  user\n\
             2026-11-22 07:30:05Z     500     -\n\
             2026-11-22 07:31:00Z     404     -\n",
        ),
        (
            "json",
            "{\"time\":\"2026-11-22T07:30:05.000Z\",\"status\":500,\"user\":null}\n\
             {\"time\":\"2026-11-22T07:31:00.000Z\",\"status\":404,\"user\":null}\n",
        ),
        (
            "logfmt",
            "time=2026-11-22T07:30:05.000Z status=500\ntime=2026-11-22T07:31:00.000Z status=404\n",
        ),
        (
            "csv",
            "time,status,user\r\n2026-11-22T07:30:05.000Z,500,\r\n2026-11-22T07:31:00.000Z,404,\r\n",
        ),
        ("raw", "2026-11-22T07:30:05.000Z\t500\t\n2026-11-22T07:31:00.000Z\t404\t\n"),
    ] {
        check(&home, query, format, expected);
    }
}

#[test]
fn pipes_work_on_the_newest_and_print_them_last() {
    let home = Home::with(&["access.log"]);
    for (query, expected) in [
        ("* | limit 2 | fields path", "/api/stock\n/missing\n"),
        ("* | sort -bytes | limit 2 | fields path", "/cart\n/api/stock\n"),
        (
            "* | dedup ip | fields ip, path",
            "203.0.113.8\t/checkout\n203.0.113.7\t/api/stock\n203.0.113.9\t/missing\n",
        ),
        ("* | uniq method | sort method", "GET\nPOST\n"),
    ] {
        check(&home, query, "raw", expected);
    }
    let newest = ["logs", "-o", "raw", "-n", "1", "* | fields path"];
    home.run(newest).succeeds().prints("/missing\n");
    let reversed = ["logs", "-o", "raw", "--reverse", "* | limit 2 | fields path"];
    home.run(reversed).succeeds().prints("/missing\n/api/stock\n");
    let sorted = ["logs", "-o", "json", "-n", "1", "* | sort bytes"];
    assert_eq!(home.run(sorted).succeeds().json_lines()[0]["http"]["path"], "/checkout");
}

#[test]
fn neighbours_are_of_the_same_source_hot_and_packed() {
    let home = Home::new();
    let line = |n: u32| {
        let app = ["web", "worker"][n as usize % 2];
        let time = 1_795_332_600 + n;
        format!("{{\"time\":{time},\"app\":\"{app}\",\"host\":\"a\",\"msg\":\"m{n}\"}}\n")
    };
    home.run_with_input(["import", "-"], (0..20).map(line).collect::<String>()).succeeds();
    for _ in 0..2 {
        let around = ["logs", "-o", "raw", "-C", "1", "m10", "OR", "m13"];
        home.run(around).succeeds().prints("m8\nm10\nm12\n--\nm11\nm13\nm15\n");
        let beside = ["logs", "-o", "raw", "-A", "1", "--since", "2026-01-01", "m2", "OR", "m4"];
        home.run(beside).succeeds().prints("m2\nm4\nm6\n");
        home.run(["pack", "--all"]).succeeds();
    }
}

#[test]
fn everything_wrong_is_marked_at_once() {
    let home = Home::with(&["app.log"]);
    for command in ["logs", "stats", "export"] {
        let outcome = home.run([command, "level:>=loud", "\"cart"]).code(2).prints("");
        let expected = "error: column 9: loud is no level; expected trace, debug, info, notice, warn, error, \
                        critical, alert or emergency\n\
                        \x20   level:>=loud \"cart\n\
                        \x20           ^^^^\n\
                        error: column 14: this \" is never closed; expected another \"\n\
                        \x20   level:>=loud \"cart\n\
                        \x20                ^\n";
        assert_eq!(outcome.stderr, expected);
    }
}

#[test]
fn the_plan_says_what_was_passed_over() {
    let home = Home::with(&["access.log", "app.log"]);
    home.run(["pack", "--all"]).succeeds();
    let explained = |query: &str| home.run(["logs", "--explain", query]).succeeds().stdout;
    let absent = explained("nosuch:1");
    assert!(absent.contains("\nblocks       2 in these times; 2 passed over, "), "{absent}");
    assert!(absent.contains("\nfound        0 in "), "{absent}");
    let counted = explained("status:>=400 | stats count() by status");
    assert!(counted.contains("\npipes        stats count() by status\n"), "{counted}");
    assert!(counted.contains("\nunpacked     0 records\n"), "{counted}");
}

#[test]
fn what_matched_is_marked_in_colour() {
    let home = Home::with(&["app.log"]);
    let args = ["logs", "--color", "always", "-o", "raw", "--", "CART -opened"];
    home.run(args).succeeds().prints("\x1b[1;35mcart\x1b[0m closed\n");
}

#[test]
fn help_tells_the_language_and_the_commands() {
    let home = Home::new();
    let reference = home.run(["help", "query"]).succeeds().stdout;
    assert!(reference.starts_with("# The query language\n"), "{reference}");
    assert!(home.run(["help", "logs"]).succeeds().stdout.contains("--after-context <N>"));
    assert!(home.run(["help"]).succeeds().stdout.contains("Usage: woodpile"));
    home.run(["help", "qury"]).code(2).says("there is no help on qury");
}

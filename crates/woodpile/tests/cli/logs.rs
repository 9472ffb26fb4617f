use crate::harness::{Home, data, signal, text};
use std::io::{BufRead, BufReader, Read};

const ALL: &[&str] = &["access.log", "app.log", "gunicorn.log", "events.ndjson"];

#[test]
fn all_collections_are_merged_by_time_newest_last() {
    let home = Home::with(&["access.log", "app.log"]);
    home.run(["logs"]).succeeds().prints(
        "2026-11-22 07:30:00.100 INFO  shop.cart cart opened for ana\n\
         2026-11-22 07:30:01.000 -     access-log 203.0.113.7 - - [22/Nov/2026:07:30:01 +0000] \
         \"GET /cart HTTP/1.1\" 200 512 \"https://shop.example/\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n\
         2026-11-22 07:30:02.250 WARNING shop.stock 3 left of teapot\n\
         2026-11-22 07:30:03.000 -     access-log 203.0.113.8 - ana [22/Nov/2026:07:30:03 +0000] \
         \"POST /checkout?step=2 HTTP/1.1\" 302 0 \"-\" \"curl/8.9\"\n\
         2026-11-22 07:30:04.500 ERROR shop.checkout payment failed\n\
         \x20   Traceback (most recent call last):\n\
         \x20     File \"/srv/shop/checkout.py\", line 41, in pay\n\
         \x20       gateway.charge(card)\n\
         \x20   TimeoutError: gateway did not answer\n\
         2026-11-22 07:30:05.000 -     access-log 203.0.113.7 - - [22/Nov/2026:07:30:05 +0000] \
         \"GET /api/stock HTTP/1.1\" 500 87 \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n\
         2026-11-22 07:30:06.000 INFO  shop.cart cart closed\n\
         2026-11-22 07:31:00.000 -     access-log 203.0.113.9 - - [22/Nov/2026:07:31:00 +0000] \
         \"GET /missing HTTP/1.1\" 404 9 \"-\" \"bot/1.0\"\n",
    );
}

/// The messages that `logs -o raw` prints for these arguments.
#[track_caller]
fn check(home: &Home, args: &[&str], expected: &[&str]) {
    let raw = ["logs", "-o", "raw"].iter().chain(args);
    let outcome = home.run(raw).code(i32::from(expected.is_empty()));
    assert_eq!(outcome.stdout.lines().collect::<Vec<_>>(), expected, "{args:?}");
}

#[test]
fn a_query_says_which() {
    let home = Home::with(&["app.log", "gunicorn.log", "events.ndjson"]);
    check(&home, &["CART"], &["cart opened for ana", "cart closed"]);
    check(&home, &["cart", "ana"], &["cart opened for ana"]);
    check(&home, &["\"opened for\""], &["cart opened for ana"]);
    check(&home, &["gateway"], &["payment failed"]);
    check(&home, &["ana"], &["cart opened for ana", "signup"]);
    check(
        &home,
        &["collection:error-log"],
        &["Starting gunicorn 23.0.0", "Listening at: http://0.0.0.0:5000 (4)"],
    );
    check(&home, &["-e", "listening"], &["Listening at: http://0.0.0.0:5000 (4)"]);
    check(&home, &["-a", "listening"], &[]);
    check(&home, &["--collection", "error-log", "--", "starting"], &["Starting gunicorn 23.0.0"]);
    check(&home, &["-l", "error"], &["payment failed", "mail bounced"]);
    check(&home, &["-l", "WARN"], &["3 left of teapot", "payment failed", "mail bounced"]);
}

#[test]
fn times_and_numbers_say_how_many() {
    let home = Home::with(&["app.log"]);
    let all = ["cart opened for ana", "3 left of teapot", "payment failed", "cart closed"];
    check(&home, &["-n", "2"], &all[2..]);
    check(&home, &["-n", "0"], &[]);
    check(&home, &["-n", "2", "--reverse"], &[all[3], all[2]]);
    check(&home, &["--since", "2026-11-22 07:30:02.250"], &all[1..]);
    check(&home, &["--until", "2026-11-22T07:30:02.250Z"], &all[..1]);
    check(&home, &["--since", "2026-11-22 07:30:02", "--until", "2026-11-22 07:30:05"], &all[1..3]);
    check(&home, &["--since", "2026-11-22", "-n", "1"], &all[3..]);
    check(&home, &["--since", "1s"], &[]);
}

#[test]
fn times_are_local_unless_utc_is_asked_for() {
    let home = Home::with(&["gunicorn.log"]).variable("TZ", "Asia/Tokyo");
    let first = |args: &[&str]| home.run(args).succeeds().stdout[..25].to_owned();
    assert_eq!(first(&["logs"]), "2026-11-22 16:29:58.000 I");
    assert_eq!(first(&["logs", "--utc"]), "2026-11-22 07:29:58.000Z ");
    check(&home, &["--since", "2026-11-22 16:29:59"], &[]);
}

#[test]
fn without_a_number_or_a_time_the_last_hundred_are_printed() {
    let home = Home::new();
    let line = |n: u32| format!("{{\"time\":{},\"msg\":\"m{n}\"}}\n", 1_795_332_600 + n);
    home.run_with_input(["import", "-"], (0..250).map(line).collect::<String>()).succeeds();
    let printed = |args: &[&str]| home.run(args).succeeds().stdout.lines().count();
    assert_eq!(printed(&["logs"]), 100);
    assert_eq!(printed(&["logs", "--since", "2026-01-01"]), 250);
    check(&home, &["-n", "1"], &["m249"]);
    check(&home, &["-n", "1", "m7"], &["m7"]);
    check(&home, &["-n", "1", "m7*"], &["m79"]);
}

#[test]
fn neighbours_are_printed_around_a_match() {
    let home = Home::new();
    let line = |n: u32| {
        let word = if [5, 7, 15].contains(&n) { "hit" } else { "miss" };
        format!("{{\"time\":{},\"msg\":\"{word} {n}\"}}\n", 1_795_332_600 + n)
    };
    let lines: String = (0..20).map(line).collect();
    home.run_with_input(["import", "-"], lines).succeeds();
    let (before, after) = (["miss 4", "hit 5"], ["hit 5", "miss 6"]);
    check(&home, &["-B", "1", "\"hit 5\""], &before);
    check(&home, &["-A", "1", "\"hit 5\""], &after);
    let around =
        ["miss 4", "hit 5", "miss 6", "hit 7", "miss 8", "--", "miss 14", "hit 15", "miss 16"];
    check(&home, &["-C", "1", "hit"], &around);
    check(&home, &["-C", "1", "--since", "2026-01-01", "hit"], &around);
    check(&home, &["-C", "1", "-n", "1", "hit"], &around[6..]);
    let mut reversed = around;
    reversed.reverse();
    check(&home, &["-C", "1", "--reverse", "hit"], &reversed);
}

#[test]
fn json_is_what_export_writes() {
    let home = Home::with(ALL);
    let exported = home.run(["export"]).succeeds().stdout;
    home.run(["logs", "-o", "json"]).succeeds().prints(&exported);
    let rows =
        home.run(["logs", "-o", "json", "checkout", "-n", "1", "--collection", "access-log"]);
    let row = &rows.json_lines()[0];
    assert_eq!(row["http"]["status"], 302);
    assert_eq!(row["http"]["query"], "step=2");
    assert_eq!(row["_collection"], "access-log");
    assert_eq!(text(&row["_id"]["$oid"]).len(), 24);
}

#[test]
fn logfmt_has_every_field_by_its_path() {
    let home = Home::with(&["events.ndjson"]);
    let printed = home.run(["logs", "-o", "logfmt", "--utc", "signup"]).succeeds().stdout;
    for pair in [
        "_collection=application-log ",
        " timestamp=2026-11-22T07:30:07.125Z ",
        " level=info ",
        " message=signup ",
        " user=ana ",
        " plan.name=pro ",
        " plan.seats=3",
    ] {
        assert!(printed.contains(pair), "{pair:?} in {printed:?}");
    }
}

#[test]
fn csv_has_a_header_and_runs_no_formula() {
    let home = Home::new();
    let line = r#"{"time":"2026-11-22T07:30:00Z","level":"info","msg":"=HYPERLINK(\"http://x\",\"y\")","n":1}"#;
    home.run_with_input(["import", "-"], line).succeeds();
    let printed = home.run(["logs", "-o", "csv", "--utc"]).succeeds().stdout;
    let start = "timestamp,level,_collection,loggerName,message,exception,fields,_id\r\n\
                 2026-11-22T07:30:00.000Z,info,application-log,,\
                 \"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",,\"{\"\"n\"\":1}\",";
    assert!(printed.starts_with(start), "{printed:?}");
}

#[test]
fn colours_are_used_when_asked_for_and_not_into_a_pipe() {
    let home = Home::with(&["app.log"]);
    let red = "\x1b[31mERROR\x1b[0m";
    let printed = |args: &[&str]| home.run(args).succeeds().stdout;
    assert!(printed(&["logs", "--color", "always"]).contains(red));
    assert!(!printed(&["logs"]).contains('\x1b'));
    assert!(!printed(&["--color", "never", "logs"]).contains('\x1b'));
    let home = home.variable("NO_COLOR", "1");
    assert!(home.run(["logs", "--color", "always"]).stdout.contains(red));
}

#[test]
fn nothing_found_is_exit_code_1_and_says_where_to_look() {
    let home = Home::with(&["app.log"]);
    home.run(["logs", "no such word"]).code(1).prints("");
    home.run(["logs", "-e"]).code(1).says("woodpile logs -l error");
    home.run(["logs", "collection:acces-log"])
        .code(1)
        .says("there is no such collection; there are: application-log");
}

#[test]
fn what_cannot_be_meant_is_refused_with_a_remedy() {
    let home = Home::with(&["app.log"]);
    for (args, expected) in [
        (
            &["logs", "--since", "tomorow"][..],
            "--since tomorow: this is no time; expected such as 1h",
        ),
        (&["logs", "--until", "-3q"], "--until -3q: this is no time"),
        (&["logs", "--since", "1h", "--until", "2h"], "--since is not before --until"),
        (&["logs", "-l", "loud"], "-l loud: this is no level; expected trace"),
        (&["logs", "-healthcheck"], "woodpile logs -- -healthcheck"),
        (&["logs", "cart", "-timeout"], "woodpile logs -- -timeout"),
        (
            &["logs", "-f", "* | top path"],
            "-f prints records as they arrive, and takes no pipe but fields",
        ),
        (&["logs", "-C", "2", "* | top path"], "leave them out, or the pipes"),
        (&["logs", "-a", "-e"], "cannot be used with"),
        (&["logs", "-f", "-C", "2"], "cannot be used with"),
        (&["logs", "-n", "many"], "invalid value 'many'"),
    ] {
        home.run(args).code(2).prints("").says(expected);
    }
    check(&home, &["--", "-opened", "-payment"], &["3 left of teapot", "cart closed"]);
}

#[test]
fn a_search_without_a_match_says_what_it_may_have_overlooked() {
    let home = Home::with(&["access.log"]);
    for (args, expected) in [
        (&["logs", "nowhere"][..], "nothing found\n"),
        (&["logs", "http://nowhere"], "nothing found\n"),
        (&["logs", "statsu:500"], "no record has a field statsu; did you mean status?"),
        (&["logs", "nowhere", "or", "never"], "or is a word here; did you mean OR?"),
        (&["logs", "status>=600"], "did you mean status:>=600?"),
        (&["logs", "-e", "timeout"], "woodpile logs -l error"),
        (
            &["logs", "--collection", "eror-log"],
            "there is no collection eror-log; there are: access-log",
        ),
    ] {
        home.run(args).code(1).prints("").says(expected);
    }
}

#[test]
fn a_long_trace_is_cut_in_its_middle_for_people_alone() {
    let home = Home::new();
    let frames: Vec<_> = (0..100).map(|n| format!("at frame{n}")).collect();
    let frames = frames.join("\\n   ");
    let error = format!(
        r#"{{"msg":"failed","err":{{"message":"lost","stack":"Error: lost\n   {frames}"}}}}"#
    );
    home.run_with_input(["import", "-"], error).succeeds();
    let shown = home.run(["logs"]).succeeds().stdout;
    assert_eq!(shown.lines().count(), 1 + 48 + 1, "{shown}");
    for part in ["at frame0\n", "… 53 more lines, which -o json shows …", "at frame99\n"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(home.run(["logs", "-o", "json"]).succeeds().stdout.contains("at frame50"));
}

#[test]
fn explain_says_how_and_prints_no_record() {
    let home = Home::with(&["app.log", "access.log"]);
    let args = ["logs", "--explain", "cart", "-l", "info", "-a", "--since", "2026-11-22T07:00:00Z"];
    let printed = home.run(args).succeeds().stdout;
    let (plan, found) = printed.split_at(printed.rfind("found").unwrap());
    assert_eq!(
        plan,
        "store        ./woodpile.db\n\
         collections  application-log\n\
         since        2026-11-22T07:00:00Z\n\
         until        any time\n\
         order        oldest first\n\
         filter       cart level:>=info\n\
         limit        none\n\
         hot          4 records looked at\n\
         blocks       0 in these times; 0 passed over, 0 of them by their words; 0 answered by their summaries\n\
         groups       0 of rows asked\n\
         unpacked     0 records\n\
         read         0 bytes of blocks\n"
    );
    assert!(found.starts_with("found        2 in "), "{found}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let home = Home::new();
    let line = |n: u32| format!("{{\"time\":{},\"msg\":\"{n:0>1000}\"}}\n", 1_795_332_600 + n);
    home.run_with_input(["import", "-"], (0..3_000).map(line).collect::<String>()).succeeds();
    for args in [&["logs", "--since", "2026-01-01"][..], &["export"]] {
        let mut child = home.command(args).spawn().unwrap();
        let mut first = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let outcome = child.wait_with_output().unwrap();
        assert_eq!(outcome.status.code(), Some(0), "{outcome:?}");
        let stderr = String::from_utf8(outcome.stderr).unwrap();
        assert_eq!(stderr.lines().count(), 1, "only the store is named: {stderr}");
    }
}

#[test]
fn follow_prints_what_is_there_and_what_arrives_until_interrupted() {
    let home = Home::with(&["gunicorn.log"]);
    let mut child = home.command(["logs", "-f", "-o", "raw", "-n", "1"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "Listening at: http://0.0.0.0:5000 (4)");
    home.run(["import", data("app.log").to_str().unwrap()]).succeeds();
    assert_eq!(lines.next().unwrap(), "cart opened for ana");
    assert_eq!(lines.nth(2).unwrap(), "cart closed");
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(lines.next(), None);
}

#[test]
fn follow_prints_only_what_matches() {
    let home = Home::with(&["gunicorn.log"]);
    let args = ["logs", "-f", "-o", "raw", "-n", "1", "-l", "error", "-a"];
    let mut child = home.command(args).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    home.run(["import", data("app.log").to_str().unwrap()]).succeeds();
    home.run(["import", data("events.ndjson").to_str().unwrap()]).succeeds();
    assert_eq!(lines.next().unwrap(), "payment failed");
    assert_eq!(lines.next().unwrap(), "mail bounced");
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

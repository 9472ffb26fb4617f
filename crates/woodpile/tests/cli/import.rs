use crate::harness::{Home, data, grouped, signal, text};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

fn capture(name: &str) -> String {
    data(name).to_str().unwrap().to_owned()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn the_three_logs_are_told_apart() {
    let home = Home::new();
    let files = ["access.log", "app.log", "gunicorn.log"].map(capture);
    home.run(["import", &files[0], &files[1], &files[2]])
        .succeeds()
        .prints("")
        .says("imported 10 records in ")
        .says(": access-log 4, application-log 4, error-log 2\n");
}

#[test]
fn fields_are_typed_and_a_trace_is_part_of_its_record() {
    let home = Home::with(&["access.log", "app.log"]);
    let error = &home.run(["logs", "-o", "json", "-l", "error"]).succeeds().json_lines()[0];
    assert_eq!(error["message"], "payment failed");
    assert_eq!(error["loggerName"], "shop.checkout");
    assert_eq!(error["exception"]["type"], "TimeoutError");
    assert_eq!(error["timestamp"]["$date"], "2026-11-22T07:30:04.500Z");
    assert!(text(&error["exception"]["stackTrace"]).starts_with("Traceback"));
    let post =
        &home.run(["logs", "-o", "json", "checkout", "collection:access-log"]).json_lines()[0];
    assert_eq!(post["http"]["status"], 302);
    assert_eq!(post["http"]["user"], "ana");
}

#[test]
fn packed_files_are_read_as_they_are() {
    let plain = std::fs::read(data("access.log")).unwrap();
    let home = Home::new();
    home.write("members.gz", [gzip(&plain), gzip(&plain)].concat());
    home.write("log.zst", zstd::encode_all(&*plain, 3).unwrap());
    home.run(["import", "members.gz"]).succeeds().says("imported 8 records");
    home.run(["import", "log.zst"]).succeeds().says("imported 4 records");
    home.run(["import", &capture("access.log.xz")]).succeeds().says("imported 4 records");
    home.run_with_input(["import", "-"], gzip(&plain)).succeeds().says("imported 4 records");
}

#[test]
fn a_torn_file_is_named_and_what_could_be_read_is_kept() {
    let home = Home::new();
    let lines: String = (0..5_000_u64).fold(String::new(), |mut text, n| {
        let _ = writeln!(
            text,
            "{{\"time\":{},\"msg\":\"m{n}\",\"noise\":{}}}",
            1_795_332_600 + n,
            n * n * 7_919
        );
        text
    });
    let mut packed = gzip(lines.as_bytes());
    packed.truncate(packed.len() / 2);
    home.write("torn.gz", packed);
    home.run(["import", "torn.gz", &capture("access.log")])
        .code(3)
        .says("error: cannot read all of torn.gz: the gzip data ends too early: the file is incomplete")
        .says("access-log 4");
    let messages = home.messages();
    assert!(messages.len() > 1_000, "{}", messages.len());
    assert_eq!(messages[0], "m0");
}

#[test]
fn files_that_cannot_be_read_are_named_before_anything_is_kept() {
    let home = Home::new();
    std::fs::create_dir(home.path("logs")).unwrap();
    let access = capture("access.log");
    home.run(["import", &access, "nosuch.log"])
        .code(2)
        .says("error: cannot read nosuch.log: there is no such file");
    home.run(["import", &access, "logs"])
        .code(2)
        .says("error: logs is a folder; name its files, as in logs/*.log");
    assert!(!home.path("woodpile.db").exists());
}

#[test]
fn format_and_collection_are_the_users_to_say() {
    let home = Home::new();
    home.run(["import", "--collection", "old-web", &capture("access.log")])
        .succeeds()
        .says(": old-web 4");
    home.run(["import", "--format", "apache", &capture("access.log")])
        .code(2)
        .says("--format apache: no line format is named `apache`; there are auto, combined");
    home.run(["import", "--collection", "a$b", &capture("access.log")]).code(2).says("`$`");
    home.run(["import", "--format", "plain", &capture("events.ndjson")]).succeeds();
    assert!(home.messages().iter().any(|message| message.starts_with("{\"time\"")));
}

#[test]
fn exported_lines_keep_their_collection() {
    let line =
        "{\"_id\":{\"$oid\":\"65f0000000000000000000aa\"},\"_collection\":\"audit\",\"n\":1}\n";
    let home = Home::new();
    home.run_with_input(["import", "-", "--collection", "other"], line)
        .succeeds()
        .says(": audit 1");
    home.run(["export"]).succeeds().prints(line);
}

#[test]
fn a_file_of_mongoexport_is_kept_as_it_is_where_the_user_names_its_collection() {
    let line = "{\"_id\":{\"$oid\":\"65f0000000000000000000aa\"},\"total\":{\"$numberLong\":\"7\"},\
                \"at\":{\"$date\":\"2026-11-22T07:30:01.000Z\"},\"who\":{\"name\":\"Ada\"}}\n";
    let home = Home::new();
    for summary in ["imported 1 record in", "1 were there already"] {
        home.run_with_input(["import", "-", "--collection", "orders"], line)
            .succeeds()
            .says(summary);
    }
    let (id, rest) = line.split_once(',').unwrap();
    home.run(["export"]).succeeds().prints(&format!("{id},\"_collection\":\"orders\",{rest}"));
    // Without a collection it is a line of JSON as any other.
    let home = Home::new();
    home.run_with_input(["import", "-"], line).succeeds().says(": application-log 1");
    assert!(!home.run(["export"]).succeeds().stdout.contains("65f0000000000000000000aa\"},\"_c"));
}

#[test]
fn a_broken_exported_line_is_kept_as_text_and_counted() {
    let broken = "{\"_id\":{\"$oid\":\"65f0\"},\"_collection\":\"audit\"}";
    let home = Home::new();
    home.write("out.ndjson", format!("{{\"msg\":\"fine\"}}\n{broken}\n"));
    home.run(["import", "out.ndjson"])
        .succeeds()
        .says("imported 2 records")
        .says("1 line could not be read and kept as text, the first: out.ndjson, line 2, column ");
    let line = "{\"_id\":{\"$oid\":\"65f0000000000000000000aa\"},\"_collection\":\"system.users\"}";
    let outcome = Home::new().run_with_input(["import", "-"], line).succeeds();
    outcome.says("standard input, line 1, a collection's name has no `$`, and does not begin");
}

/// Lines of one and the same second, in an order that only their ids can keep.
fn same_second(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

#[test]
fn lines_of_the_same_second_keep_their_order_through_parallel_chunks() {
    let access = same_second(60_000, |n| {
        format!(
            "10.0.0.1 - - [22/Nov/2026:07:30:01 +0000] \"GET /{n} HTTP/1.1\" 200 1 \"-\" \"{n:0>100}\"\n"
        )
    });
    let python = same_second(60_000, |n| {
        format!(
            "2026-11-22 07:30:01,000 - shop.worker - ERROR - job {n:0>100} failed\n  in step {n}\n"
        )
    });
    for text in [access, python] {
        assert!(text.len() > 8 * 1024 * 1024, "more than two chunks");
        let home = Home::new();
        home.write("big.log", &text);
        home.run(["import", "big.log"]).succeeds().says("imported 60,000 records");
        let messages = home.messages();
        assert_eq!(messages.len(), 60_000);
        let number = |message: &str| {
            let digits = |c: char| !c.is_ascii_digit();
            let longest = message.split(digits).max_by_key(|digits| digits.len()).unwrap();
            longest.parse::<usize>().unwrap()
        };
        let numbers = messages.iter().map(|message| number(message));
        assert!(numbers.eq(0..60_000), "the order of the file");
    }
}

#[test]
fn a_line_of_ten_megabytes_becomes_parts_that_lose_nothing() {
    let home = Home::new();
    let long: String = (0..)
        .flat_map(|n: u32| format!("{n}ä").chars().collect::<Vec<_>>())
        .take(10_000_000)
        .collect();
    home.run_with_input(["import", "-"], format!("before\n{long}\nafter\n")).succeeds();
    let records = home.run(["export"]).succeeds().json_lines();
    let parts: Vec<_> =
        records.iter().filter(|record| !record["extra"]["part"].is_null()).collect();
    assert!(parts.len() > 9, "{}", parts.len());
    let whole: String = parts.iter().map(|part| text(&part["message"])).collect();
    assert!(whole == long, "the parts are the line");
    for (index, part) in parts.iter().enumerate() {
        assert_eq!(part["extra"]["part"], index + 1);
        let first = if index == 0 { &serde_json::Value::Null } else { &parts[0]["_id"] };
        assert_eq!(&part["extra"]["partOf"], first);
    }
    let messages = home.messages();
    assert_eq!(messages.first().unwrap(), "before");
    assert_eq!(messages.last().unwrap(), "after");
}

#[test]
fn an_exported_record_may_be_longer_than_a_line() {
    let home = Home::new();
    let line = format!(
        "{{\"_id\":{{\"$oid\":\"65f0000000000000000000aa\"}},\"_collection\":\"big\",\"message\":\"{}\"}}\n",
        "x".repeat(5_000_000)
    );
    home.run_with_input(["import", "-"], line.clone()).succeeds();
    assert!(home.run(["export"]).succeeds().stdout == line, "it is the same");
}

#[test]
fn bytes_that_are_no_text_are_kept() {
    let home = Home::new();
    home.run_with_input(["import", "-"], b"caf\xe9 \xff\n".to_vec()).succeeds();
    let record = &home.run(["export"]).succeeds().json_lines()[0];
    assert_eq!(record["message"], "caf\u{fffd} \u{fffd}");
    assert_eq!(record["extra"]["messageBytes"]["$binary"]["base64"], "Y2Fm6SD/");
}

#[test]
fn blank_lines_are_no_records_and_an_open_last_line_is_one() {
    let home = Home::new();
    home.run_with_input(["import", "-"], "one\n\n   \r\ntwo").succeeds().says("imported 2 records");
    assert_eq!(home.messages(), ["one", "two"]);
}

#[test]
fn an_interrupted_import_says_what_is_kept() {
    let home = Home::new();
    let mut child = home.command(["import", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let lines = same_second(100_000, |n| format!("{{\"msg\":\"{n:0>100}\"}}\n"));
    stdin.write_all(lines.as_bytes()).unwrap();
    // The sender goes on: only the signal ends it. What was read by then is kept.
    signal(&child, "INT");
    let outcome = child.wait_with_output().unwrap();
    assert_eq!(outcome.status.code(), Some(130));
    let stderr = String::from_utf8(outcome.stderr).unwrap();
    assert!(stderr.contains("interrupted: what is counted above is kept"), "{stderr}");
    let kept = home.messages().len();
    let counted = format!("imported {} record", grouped(kept));
    assert!(stderr.contains(&counted), "{counted} in {stderr}");
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let home = Home::new();
    home.write("file", "");
    home.run(["--store", "file/woodpile.db", "import", &capture("access.log")])
        .code(3)
        .says("file/woodpile.db");
}

#[test]
fn a_slow_sender_is_kept_up_with() {
    let home = Home::new();
    let mut child = home.command(["import", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"{\"msg\":\"first\"}\n{\"msg\":\"sec").unwrap();
    while !home.path("woodpile.db").exists() || home.run(["logs"]).stdout.is_empty() {
        std::thread::yield_now();
    }
    assert_eq!(home.messages(), ["first"]);
    stdin.write_all(b"ond\"}\n").unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
    assert_eq!(home.messages(), ["first", "second"]);
}

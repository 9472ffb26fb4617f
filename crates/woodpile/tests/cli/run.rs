//! `run`: what the command prints passes unchanged, and is kept.

use crate::harness::{Home, Outcome, PROGRAM, signal, text};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

/// A folder whose programs are found as in any shell.
pub(crate) fn home() -> Home {
    Home::new().variable("PATH", &environment("PATH").unwrap())
}

/// A variable of the tests' own environment.
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where to run")]
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The records of a folder's store, in the order of an export.
pub(crate) fn records(home: &Home) -> Vec<Value> {
    home.run(["export"]).succeeds().json_lines()
}

fn shell(home: &Home, script: &str) -> Outcome {
    home.run(["run", "--", "sh", "-c", script])
}

/// The script in a shell under `run`, with all of its streams in our hands.
fn spawn(home: &Home, script: &str) -> Child {
    home.command(["run", "--", "sh", "-c", script]).stdin(Stdio::piped()).spawn().unwrap()
}

fn next_line(child: &mut Child) -> String {
    let mut line = Vec::new();
    let stdout = child.stdout.as_mut().unwrap();
    while line.last() != Some(&b'\n') {
        let mut byte = [0];
        stdout.read_exact(&mut byte).unwrap();
        line.push(byte[0]);
    }
    String::from_utf8(line).unwrap()
}

#[test]
fn output_passes_byte_for_byte() {
    let script = r"printf 'a\000b\r\n\377\033[1m no end'; printf 'to stderr' >&2";
    let output = home().command(["run", "--", "sh", "-c", script]).output().unwrap();
    assert_eq!(output.stdout, b"a\0b\r\n\xff\x1b[1m no end");
    assert!(output.stderr.ends_with(b"to stderr"));
}

#[test]
fn a_prompt_shows_before_its_line_ends_and_input_is_the_commands() {
    let home = home();
    let mut child = spawn(&home, r#"printf 'name? '; read name; echo "hello $name""#);
    let mut prompt = [0; 6];
    child.stdout.as_mut().unwrap().read_exact(&mut prompt).unwrap();
    assert_eq!(&prompt, b"name? ");
    child.stdin.take().unwrap().write_all(b"Ada\n").unwrap();
    assert_eq!(next_line(&mut child), "hello Ada\n");
    assert!(child.wait().unwrap().success());
    assert_eq!(home.messages(), ["name? hello Ada"]);
}

#[test]
fn the_exit_code_is_the_commands() {
    let home = home();
    shell(&home, "exit 0").code(0);
    shell(&home, "exit 7").code(7);
    shell(&home, "kill -s KILL $$").code(128 + 9);
    shell(&home, "kill -s TERM $$").code(128 + 15);
}

#[test]
fn a_command_that_cannot_start_is_told_as_shells_do() {
    let home = home();
    home.write("text", "no program");
    home.write("script", "#!/no/such/interpreter\n");
    let made = Command::new("chmod").arg("+x").arg(home.path("script")).status();
    assert!(made.unwrap().success());
    for (command, code, expected) in [
        ("no-such-command", 127, "cannot run no-such-command: there is no such command in PATH"),
        ("./nowhere", 127, "cannot run ./nowhere: there is no such file"),
        ("./script", 127, "cannot run ./script: the program that its first line names"),
        ("./text", 126, "cannot run ./text: it may not be executed; try chmod +x ./text"),
    ] {
        home.run(["run", "--", command]).code(code).says(expected);
    }
}

#[test]
fn signals_reach_the_command() {
    let home = home();
    let mut child = spawn(
        &home,
        "for name in HUP INT QUIT USR1 USR2 WINCH TTIN TTOU; do trap \"echo $name\" $name; done
         trap 'echo TERM; exit 9' TERM; echo ready; while :; do sleep 0.05; done",
    );
    assert_eq!(next_line(&mut child), "ready\n");
    for name in ["HUP", "INT", "QUIT", "USR1", "USR2", "WINCH", "TTIN", "TTOU", "TERM"] {
        signal(&child, name);
        assert_eq!(next_line(&mut child), format!("{name}\n"));
    }
    assert_eq!(child.wait().unwrap().code(), Some(9));
}

#[test]
fn a_signal_that_is_ignored_stays_ignored_as_nohup_wants_it() {
    let home = home();
    let script = r#"trap '' HUP; exec "$0" run -- sh -c 'kill -s HUP $$; echo survived'"#;
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).arg(PROGRAM).current_dir(home.path("."));
    assert_eq!(shell.output().unwrap().stdout, b"survived\n");
}

#[test]
fn programs_learn_that_their_output_is_kept() {
    let script = r#"echo "$PYTHONUNBUFFERED $GUNICORN_CMD_ARGS $WOODPILE_CAPTURED""#;
    shell(&home(), script).succeeds().prints("1 --access-logfile=- 1\n");
    let set = home().variable("PYTHONUNBUFFERED", "").variable("GUNICORN_CMD_ARGS", "-w 3");
    shell(&set, script).succeeds().prints(" -w 3 1\n");
}

#[test]
fn each_line_goes_to_its_log_with_where_it_came_from() {
    let home = home().variable("DYNO", "web.7");
    let lines = [
        r#"::1 - - [22/Nov/2026:07:32:49 +0000] "GET /x HTTP/1.1" 404 9 "-" "curl""#,
        "[2026-11-22 07:32:50 +0000] [31] [INFO] Booting worker with pid: 31",
        "2026-11-22 07:32:51,250 [32] [ERROR/APPLICATION] failed",
        "plain",
    ];
    home.write("lines", lines.join("\n"));
    home.run(["run", "cat", "lines"]).succeeds().says("will be lost: Heroku empties");
    let records = records(&home);
    let found: Vec<_> = records
        .iter()
        .map(|record| (text(&record["_collection"]), text(&record["message"])))
        .collect();
    let expected = [
        ("access-log", lines[0]),
        ("error-log", "Booting worker with pid: 31"),
        ("application-log", "failed"),
        ("application-log", "plain"),
    ];
    assert_eq!(found, expected.map(|(log, line)| (log.to_owned(), line.to_owned())));
    assert_eq!(records[0]["http"]["status"], 404);
    assert_eq!(records[2]["timestamp"]["$date"], "2026-11-22T07:32:51.250Z");
    assert_eq!(records[2]["process"], 32, "a line's own process counts");
    for record in &records {
        assert_eq!((&record["app"], &record["tags"][0]), (&"cat".into(), &"web.7".into()));
        assert!(record["hostname"].is_string() && record["process"].is_number());
    }
}

#[test]
fn a_named_collection_takes_everything() {
    let home = home().variable("WOODPILE_APP", "shop");
    let line = r#"::1 - - [22/Nov/2026:07:32:49 +0000] "GET /x HTTP/1.1" 404 9"#;
    home.run(["run", "--collection", "mine", "--", "echo", line]).succeeds();
    let records = records(&home);
    assert_eq!((&records[0]["_collection"], &records[0]["app"]), (&"mine".into(), &"shop".into()));
}

#[test]
fn what_log4mongo_writes_is_kept_as_it_is() {
    let home = home();
    let exported = concat!(
        r#"{"_id":{"$oid":"6b03b45ae7c108fe31000001"},"_collection":"jobs","#,
        r#""timestamp":{"$date":"2026-11-22T07:32:49.123Z"},"level":"INFO","message":"done","n":{"$numberLong":"1"}}"#,
    );
    home.run(["run", "echo", exported]).succeeds().prints(&format!("{exported}\n"));
    home.run(["export"]).succeeds().prints(&format!("{exported}\n"));
}

#[test]
fn nothing_is_kept_twice_where_one_woodpile_runs_another() {
    let home = home();
    home.run(["run", "--", PROGRAM, "run", "echo", "once"]).succeeds().prints("once\n");
    assert_eq!(home.messages(), ["once"]);
}

#[test]
fn a_line_of_ten_megabytes_is_kept_in_parts() {
    let home = home();
    let script = "head -c 10000000 /dev/zero | tr '\\0' x; echo; echo next";
    assert_eq!(shell(&home, script).succeeds().stdout.len(), 10_000_000 + 6);
    let records = records(&home);
    let (next, parts) = records.split_last().unwrap();
    assert_eq!(next["message"], "next");
    assert_eq!(parts.iter().map(|part| text(&part["message"]).len()).sum::<usize>(), 10_000_000);
    for (index, part) in parts.iter().enumerate() {
        assert_eq!(part["extra"]["part"], index + 1);
        let first = if index == 0 { &Value::Null } else { &parts[0]["_id"] };
        assert_eq!(&part["extra"]["partOf"], first);
    }
}

#[test]
fn bytes_that_are_no_text_are_not_lost() {
    let home = home();
    home.command(["run", "printf", r"a\377b\n"]).output().unwrap();
    let record = &records(&home)[0];
    assert_eq!(record["message"], "a\u{fffd}b");
    assert_eq!(record["extra"]["messageBytes"]["$binary"]["base64"], "Yf9i");
}

#[test]
fn a_stack_trace_is_one_record() {
    let home = home();
    let trace = "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: no";
    home.write("trace", format!("ERROR:shop:failed\n{trace}\n"));
    home.run(["run", "--", "sh", "-c", "cat trace >&2; echo on"]).succeeds();
    let records = records(&home);
    let failed = records.iter().find(|record| record["message"] == "failed").unwrap();
    assert_eq!(failed["exception"]["type"], "ValueError");
    assert_eq!(failed["exception"]["stackTrace"], trace);
    assert_eq!(records.len(), 2);
}

#[test]
fn a_record_is_stored_while_the_command_runs_and_says_no_more() {
    let home = home();
    let mut child = spawn(&home, "echo started; echo waiting; read answer");
    assert_eq!(next_line(&mut child), "started\n");
    let follower = home.command(["logs", "-f", "-o", "raw"]).spawn().unwrap();
    let mut follower = Ended(follower);
    let lines = BufReader::new(follower.0.stdout.take().unwrap()).lines();
    let stored = lines.map_while(Result::ok).any(|line| line == "waiting");
    assert!(stored);
    drop(child.stdin.take());
    child.wait().unwrap();
}

/// Ends the process with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_process_that_is_left_behind_does_not_hold_us() {
    let home = home();
    let outcome = shell(&home, "sleep 600 & echo $!").succeeds();
    let left = Command::new("kill").arg(outcome.stdout.trim()).status().unwrap();
    assert!(left.success(), "the process had ended before us");
    outcome.says("left a process behind");
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_command() {
    let home = home();
    let mut child = home.command(["run", "yes"]).spawn().unwrap();
    assert_eq!(next_line(&mut child), "y\n");
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(128 + 13));
}

#[test]
fn a_file_that_is_no_store_is_told_before_anything_runs() {
    let home = home();
    home.write("notes.txt", "these are my notes, and they are no database at all\n".repeat(99));
    home.run(["--store", "notes.txt", "run", "touch", "ran"]).code(3).says("notes.txt");
    assert!(!home.path("ran").exists());
}

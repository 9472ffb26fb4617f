//! `start`: a Procfile's processes run as under foreman, and their output is shown and kept.

use crate::harness::{Home, Outcome, signal, text};
use crate::run::{home, records};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Child;

/// What was printed, without the times.
fn lines(outcome: &Outcome) -> Vec<String> {
    outcome.stdout.lines().map(|line| line.split_once(' ').unwrap().1.to_owned()).collect()
}

fn start(procfile: &str, args: &[&str]) -> (Home, Outcome) {
    let home = home();
    home.write("Procfile", procfile);
    let outcome = home.run(["start"].iter().chain(args));
    (home, outcome)
}

#[track_caller]
fn shows(outcome: &Outcome, expected: &str) {
    assert!(lines(outcome).iter().any(|line| line == expected), "no {expected:?} in {outcome:#?}");
}

/// Waits for its end; standard input says nothing.
const WAIT: &str = "trap 'exit 0' TERM; while :; do read never; done";

#[test]
fn every_process_has_its_name_its_port_and_foremans_variables() {
    let tell = "echo $PORT $PS $FOREMAN_WORKER_NAME $PYTHONUNBUFFERED $WOODPILE_CAPTURED";
    let procfile = format!("web: {tell}; {WAIT}\nidle: never\nworker: {tell}; sleep 0.3; exit 3");
    let (home, outcome) = start(&procfile, &["-m", "web=2,worker=1", "-p", "7000"]);
    shows(&outcome, "web.1    | 7000 web.1 web.1 1 1");
    shows(&outcome, "web.2    | 7001 web.2 web.2 1 1");
    shows(&outcome, "worker.1 | 7200 worker.1 worker.1 1 1");
    shows(&outcome, "worker.1 | exited with code 3");
    shows(&outcome, "system   | sending SIGTERM to all processes");
    outcome.code(3);
    for record in records(&home) {
        let name = text(&record["tags"][0]);
        assert!(text(&record["message"]).contains(&name));
        assert_eq!(record["app"], name.split('.').next().unwrap());
    }
}

#[test]
fn the_first_end_gives_the_exit_code() {
    let (_, outcome) = start(&format!("web: exit 0\nworker: trap 'exit 7' TERM; {WAIT}"), &[]);
    outcome.code(0);
    let (_, outcome) = start("web: kill -s KILL $$", &[]);
    shows(&outcome, "web.1  | terminated by SIGKILL");
    outcome.code(128 + 9);
    let (_, outcome) = start("web: no-such-command", &[]);
    outcome.code(127);
}

#[test]
fn what_a_process_started_ends_with_it() {
    let procfile = "web: sleep 600 & echo $!; wait\nworker: sleep 0.3; exit 2";
    let (_, outcome) = start(procfile, &[]);
    let lines = lines(&outcome);
    let mut numbers =
        lines.iter().filter_map(|line| line.strip_prefix("web.1    | ")?.parse().ok());
    let sleeper: u32 = numbers.next().unwrap();
    assert!(!is_running(sleeper));
    outcome.code(2);
}

/// Whether there is such a process, and more of it than its exit code.
fn is_running(process: u32) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn a_process_that_does_not_stop_is_killed() {
    let stubborn = "web: trap '' TERM; while :; do sleep 0.05; done\nworker: sleep 0.3; exit 4";
    let (_, outcome) = start(stubborn, &[]);
    shows(&outcome, "system   | sending SIGKILL to all processes");
    shows(&outcome, "web.1    | terminated by SIGKILL");
    outcome.code(4);
}

fn until(child: &mut Child, expected: &str) {
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let found = lines.map_while(Result::ok).any(|line| line.contains(expected));
    assert!(found, "no {expected:?}");
}

#[test]
fn a_signal_stops_everything_in_order() {
    for name in ["TERM", "INT", "HUP"] {
        let home = home();
        home.write("Procfile", format!("web: echo up; {WAIT}"));
        let mut child = home.command(["start"]).spawn().unwrap();
        until(&mut child, "| up");
        signal(&child, name);
        until(&mut child, &format!("SIG{name} received, starting shutdown"));
        assert_eq!(child.wait().unwrap().code(), Some(0), "{name}");
        assert_eq!(home.messages(), ["up"], "{name}");
    }
}

#[test]
fn users_signals_reach_the_processes() {
    let home = home();
    home.write("Procfile", format!("web: trap 'echo rotated' USR1; echo up; {WAIT}"));
    let mut child = home.command(["start"]).spawn().unwrap();
    until(&mut child, "| up");
    signal(&child, "USR1");
    until(&mut child, "| rotated");
    signal(&child, "TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn environment_files_are_read_in_their_order() {
    let home = home().variable("PORT", "6100").variable("C", "environment");
    home.write("Procfile", "web: echo \"$A|$B|$C|$PORT\"");
    home.write(".env", "A='from .env'\nPORT=6200\nno variable\nC=file\n");
    home.write("other.env", "B=\"two words\"\nPORT=6300\n");
    let outcome = home.run(["start"]).succeeds().says(".env, line 3: not NAME=value, passed over");
    shows(&outcome, "web.1  | from .env||file|6200");
    shows(&home.run(["start", "-e", ".env,other.env"]), "web.1  | from .env|two words|file|6300");
    shows(&home.run(["start", "-e", "other.env"]), "web.1  | |two words|environment|6300");
    home.run(["start", "-e", "nowhere"]).code(2).says("environment file nowhere");
}

#[test]
fn processes_run_in_the_procfiles_folder() {
    let home = home();
    std::fs::create_dir(home.path("app")).unwrap();
    home.write("app/Procfile", "web: cat beside");
    home.write("app/beside", "found\n");
    shows(&home.run(["start", "-f", "app/Procfile"]), "web.1  | found");
}

#[test]
fn a_mistake_is_named_and_nothing_starts() {
    for (procfile, args, expected) in [
        ("web: touch ran\nworker", &[][..], "Procfile: line 2: expected `name: command`"),
        ("web: touch ran\nweb: x", &[], "Procfile: line 2: `web` is already on line 1"),
        ("", &[], "Procfile: there is no process in it"),
        ("web: touch ran", &["-m", "wbe=1"], "-m wbe=1: the Procfile has no process `wbe`"),
        ("web: touch ran", &["-m", "web"], "-m web: expected NAME=COUNT"),
        ("web: touch ran", &["-m", "web=0"], "the formation starts nothing"),
        ("web: touch ran", &["-f", "Profcile"], "cannot read the Procfile Profcile"),
    ] {
        let (home, outcome) = start(procfile, args);
        outcome.code(2).says(expected);
        assert!(!home.path("ran").exists() && !home.path("woodpile.db").exists(), "{expected}");
    }
}

#[test]
fn standard_input_has_no_end() {
    let (_, outcome) = start("web: cat; echo eof\nworker: sleep 0.5; exit 5", &[]);
    assert!(!lines(&outcome).iter().any(|line| line.ends_with("| eof")), "{outcome:#?}");
    outcome.code(5);
}

#[test]
fn names_are_coloured_where_asked_for() {
    let (_, plain) = start("web: echo hello", &[]);
    assert!(!plain.stdout.contains('\x1b'));
    let (_, painted) = start("web: echo hello", &["--color", "always"]);
    let line = painted.stdout.lines().find(|line| line.ends_with("hello")).unwrap();
    assert!(line.starts_with("\x1b[36m") && line.ends_with("\x1b[0mhello"), "{line:?}");
}

use crate::home::{Home, only, text, trace};
use log4mongo::FlushError;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

const APPLICATION: &str = "application-log";

#[test]
fn the_guard_makes_everything_durable() {
    let home = Home::new();
    let (log, guard) = home.builder().build().unwrap();
    trace(&log, || tracing::info!("the last word"));
    drop(guard);
    assert_eq!(text(only(&home.records(APPLICATION)), "message"), "the last word");
}

#[test]
fn what_comes_after_the_guard_is_counted_as_lost() {
    let home = Home::new();
    let (log, guard) = home.builder().build().unwrap();
    drop(guard);
    trace(&log, || tracing::info!("too late"));
    assert_eq!(log.flush(), Err(FlushError::Stopped));
    assert_eq!(home.records(APPLICATION), []);
}

#[test]
fn a_program_without_a_runtime_and_one_with_may_log() {
    let home = Home::new();
    let (log, guard) = home.builder().build().unwrap();
    trace(&log, || tracing::info!("without"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let inner = log.clone();
    runtime.block_on(async move {
        let task = tokio::spawn(async move { trace(&inner, || tracing::info!("within")) });
        task.await.unwrap();
        // A guard dropped at the end of an async main blocks, and still works.
        drop(guard);
    });
    let kept = home.records(APPLICATION);
    let texts: Vec<&str> =
        kept.iter().map(|record| text(record.as_document(), "message")).collect();
    assert_eq!(texts, ["without", "within"]);
}

#[test]
fn a_store_that_cannot_be_used_is_told_at_once() {
    let home = Home::new();
    std::fs::write(home.store(), "this is no database, and long enough to be seen as none")
        .unwrap();
    let error = home.builder().build().unwrap_err().to_string();
    assert!(error.contains("woodpile.db") && error.contains("not a woodpile store"), "{error}");
    let error = log4mongo::builder().store("redis://u:secret@h").build().unwrap_err().to_string();
    assert!(error.contains("redis:// is no store") && !error.contains("secret"), "{error}");
}

/// Names the store of the child process.
const CHILD_STORE: &str = "LOG4MONGO_TEST_STORE";

#[test]
#[cfg(unix)]
fn a_signal_flushes_and_then_ends_the_process() {
    use std::os::unix::process::ExitStatusExt;
    const SIGTERM: i32 = 15;
    let home = Home::new();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "shutdown::child_that_waits_for_a_signal"])
        .env(CHILD_STORE, home.store())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(said.map_while(Result::ok).any(|line| line == "logged"), "the child ended early");
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(SIGTERM));
    assert_eq!(text(only(&home.records(APPLICATION)), "message"), "before the signal");
}

#[test]
#[ignore = "the test above runs it, as a process of its own"]
#[expect(clippy::disallowed_methods, reason = "the parent tells where the store is")]
fn child_that_waits_for_a_signal() {
    let Ok(store) = std::env::var(CHILD_STORE) else { return };
    let day = Duration::from_hours(24);
    let builder = log4mongo::builder().store(store).linger(day).flush_on_signals(true);
    let (log, _guard) = builder.build().unwrap();
    trace(&log, || tracing::info!("before the signal"));
    println!("logged");
    std::thread::sleep(day);
}

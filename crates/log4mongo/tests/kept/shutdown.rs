use crate::home::{Home, only, text, trace};
use log4mongo::FlushError;

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

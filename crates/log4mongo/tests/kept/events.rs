use crate::home::{Home, only, records, show, text, trace};
use log::Log;
use log4mongo::{Level, Levels};
use std::collections::HashSet;
use std::error::Error;
use std::fmt;
use tracing_subscriber::prelude::*;

const APPLICATION: &str = "application-log";

#[test]
fn an_event_keeps_its_fields_with_their_types() {
    let home = Home::new();
    home.trace(|| {
        tracing::warn!(
            cart = 7,
            big = 1_i64 << 40,
            huge = u64::MAX,
            price = 9.95,
            paid = true,
            user = "Ada",
            items = ?["a", "b"],
            "checked out {}",
            "twice"
        );
    });
    let kept = home.records(APPLICATION);
    let record = only(&kept);
    assert_eq!(
        show(
            record,
            &["level", "message", "cart", "big", "huge", "price", "paid", "user", "items"]
        ),
        r#"level="WARNING" message="checked out twice" cart=7 big=1099511627776 huge="18446744073709551615" price=9.95 paid=true user="Ada" items="[\"a\", \"b\"]""#
    );
}

#[test]
fn an_event_tells_where_it_comes_from() {
    let home = Home::new();
    let line = line!() + 1;
    home.trace(|| tracing::debug!("here"));
    let kept = home.records(APPLICATION);
    let record = only(&kept);
    assert_eq!(text(record, "loggerName"), module_path!());
    assert_eq!(text(record, "module"), module_path!());
    assert_eq!(text(record, "fileName"), file!());
    let thread = std::thread::current();
    assert_eq!(text(record, "threadName"), thread.name().unwrap());
    let process = std::process::id();
    assert_eq!(
        show(record, &["lineNumber", "process"]),
        format!("lineNumber={line} process={process}")
    );
    assert!(!text(record, "hostname").is_empty());
}

#[test]
fn spans_lend_their_names_and_fields() {
    let home = Home::new();
    home.trace(|| {
        let _request =
            tracing::info_span!("request", user = "Ada", cart = 1, traceId = "4bf92f35").entered();
        let cart = tracing::info_span!("cart", cart = 2, total = tracing::field::Empty);
        cart.record("total", 9.95);
        let _cart = cart.entered();
        tracing::info!(item = 3, "added");
        tracing::info!(cart = 9, "its own wins");
    });
    let kept = home.records(APPLICATION);
    let names = ["span", "user", "cart", "total", "item", "traceId"];
    assert_eq!(
        kept.iter().map(|record| show(record.as_document(), &names)).collect::<Vec<_>>(),
        [
            r#"span="request:cart" user="Ada" cart=2 total=9.95 item=3 traceId="4bf92f35""#,
            r#"span="request:cart" user="Ada" cart=9 total=9.95 item=? traceId="4bf92f35""#,
        ]
    );
}

#[derive(Debug)]
struct NoCart(std::num::ParseIntError);

impl fmt::Display for NoCart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such cart")
    }
}

impl Error for NoCart {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn an_error_is_kept_with_its_causes() {
    let home = Home::new();
    home.trace(|| {
        let error = NoCart("x".parse::<u8>().unwrap_err());
        tracing::error!(error = &error as &dyn Error, "checkout failed");
    });
    let kept = home.records(APPLICATION);
    assert_eq!(
        show(only(&kept), &["level", "message", "exception"]),
        r#"level="ERROR" message="checkout failed" exception={"message":"no such cart","code":0,"stackTrace":"no such cart\nCaused by: invalid digit found in string","type":"NoCart"}"#
    );
}

#[test]
fn a_field_never_overwrites_a_standard_one() {
    let home = Home::new();
    home.trace(|| tracing::info!(level = "HACKED", timestamp = 7, "fine"));
    let kept = home.records(APPLICATION);
    assert_eq!(
        show(only(&kept), &["level", "extra.level", "extra.timestamp"]),
        r#"level="INFO" extra.level="HACKED" extra.timestamp=7"#
    );
}

#[test]
fn records_of_the_log_crate_come_with_their_place_and_pairs() {
    let home = Home::new();
    home.log(|log| {
        let logger = log.logger();
        let pairs = [("cart", 7.into()), ("user", log::kv::Value::from("Ada"))];
        let mut record = log::Record::builder();
        record.level(log::Level::Warn).target("shop").module_path(Some("shop::cart"));
        record.file(Some("cart.rs")).line(Some(12)).key_values(&pairs);
        logger.log(&record.args(format_args!("{} left", 3)).build());
    });
    let kept = home.records(APPLICATION);
    let names =
        ["level", "message", "loggerName", "module", "fileName", "lineNumber", "cart", "user"];
    assert_eq!(
        show(only(&kept), &names),
        r#"level="WARNING" message="3 left" loggerName="shop" module="shop::cart" fileName="cart.rs" lineNumber=12 cart=7 user="Ada""#
    );
}

#[test]
fn records_bridged_by_tracing_log_tell_where_they_came_from() {
    let home = Home::new();
    home.trace(|| {
        let mut record = log::Record::builder();
        record.level(log::Level::Info).target("shop").module_path(Some("shop::cart"));
        record.file(Some("cart.rs")).line(Some(12));
        tracing_log::format_trace(&record.args(format_args!("bridged")).build()).unwrap();
        // What the driver says through `log` is the machinery's own.
        record.target("mongodb::command");
        tracing_log::format_trace(&record.args(format_args!("never kept")).build()).unwrap();
    });
    let kept = home.records(APPLICATION);
    assert_eq!(
        show(only(&kept), &["message", "loggerName", "fileName", "lineNumber", "log"]),
        r#"message="bridged" loggerName="shop" fileName="cart.rs" lineNumber=12 log=?"#
    );
}

#[test]
fn the_machinerys_own_events_are_never_kept() {
    let home = Home::new();
    home.log(|log| {
        trace(log, || {
            tracing::debug!(target: "mongodb::command", "insert");
            tracing::debug!(target: "rustls::client", "hello");
            tracing::debug!(target: "hickory_resolver::lookup", "srv");
            tracing::debug!(target: "woodpile_keep", "commit");
        });
        let mut record = log::Record::builder();
        record.level(log::Level::Debug).target("mongodb::topology");
        log.logger().log(&record.args(format_args!("ping")).build());
        // Whatever the target: it happens on a thread that keeps records.
        let subscriber = tracing_subscriber::registry().with(log.layer());
        let dispatch = tracing::Dispatch::new(subscriber);
        let thread = std::thread::Builder::new().name("woodpile-mongo".into());
        let own = move || {
            tracing::dispatcher::with_default(
                &dispatch,
                || tracing::debug!(target: "tokio", "poll"),
            );
        };
        thread.spawn(own).unwrap().join().unwrap();
    });
    assert_eq!(home.records(APPLICATION), []);
}

/// A `Debug` that logs, while the event around it is being recorded.
struct Chatty;

impl fmt::Debug for Chatty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tracing::info!(cart = 9, "within");
        f.write_str("chatty")
    }
}

#[test]
fn a_value_that_logs_while_it_is_logged_spoils_nothing() {
    let home = Home::new();
    home.trace(|| tracing::info!(cart = 7, value = ?Chatty, "around"));
    let kept = home.records(APPLICATION);
    // Whether the inner one is kept is for `tracing` to say: a scoped subscriber does not see it.
    let around = kept.last().expect("the outer event").as_document();
    let shown = show(around, &["message", "cart", "value"]);
    assert_eq!(shown, r#"message="around" cart=7 value="chatty""#);
}

#[test]
fn events_go_to_the_collection_that_is_named() {
    let home = Home::new();
    let (log, guard) = home.builder().collection("shop").app("shop").build().unwrap();
    trace(&log, || tracing::info!("in the shop"));
    trace(&log.to_collection("audit"), || tracing::info!("audited"));
    drop(guard);
    let shown = |collection: &str| show(only(&home.records(collection)), &["message", "app"]);
    assert_eq!(shown("shop"), r#"message="in the shop" app="shop""#);
    assert_eq!(shown("audit"), r#"message="audited" app="shop""#);
}

#[test]
fn many_threads_lose_and_double_nothing() {
    const THREADS: i64 = 4;
    const EACH: i64 = 5_000;
    let home = Home::new();
    home.log(|log| {
        let dispatch = tracing::Dispatch::new(tracing_subscriber::registry().with(log.layer()));
        let running = (0..THREADS).map(|thread| {
            let dispatch = dispatch.clone();
            std::thread::spawn(move || {
                tracing::dispatcher::with_default(&dispatch, || {
                    for number in 0..EACH {
                        tracing::info!(number = thread * EACH + number, "counted");
                    }
                });
            })
        });
        running.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
    });
    let kept = home.records(APPLICATION);
    let numbers: HashSet<String> =
        kept.iter().map(|record| show(record.as_document(), &["number"])).collect();
    assert_eq!((kept.len(), numbers.len()), (20_000, 20_000));
}

#[test]
fn a_logger_lets_through_what_its_levels_say() {
    let home = Home::new();
    home.log(|log| {
        let levels: Levels = "warn,shop=debug".parse().unwrap();
        let logger = log.logger().levels(levels);
        let enabled = |target, level| {
            logger.enabled(&log::Metadata::builder().target(target).level(level).build())
        };
        assert!(enabled("shop::cart", log::Level::Debug));
        assert!(!enabled("hyper", log::Level::Info));
        assert!(enabled("hyper", log::Level::Warn));
    });
}

#[test]
fn a_severe_event_is_stored_at_once() {
    let home = Home::new();
    let day = std::time::Duration::from_hours(24);
    let (log, _guard) = home.builder().linger(day).flush_at(Level::Error).build().unwrap();
    trace(&log, || tracing::error!("now"));
    while log.counters().stored == 0 {
        std::thread::yield_now();
    }
    assert_eq!(text(only(&records(&home.store(), APPLICATION)), "message"), "now");
}

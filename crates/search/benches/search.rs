//! How fast a store answers: `cargo bench -p woodpile-search --bench search -- logs.db [NEEDLE]`.
//!
//! The store is a file, best of access lines, packed. NEEDLE is a query that matches few records. Each search is made by
//! a process that did the same before (warm) and, as the first one, by a `Search` that knows nothing yet. Times are those
//! of the clock and, as the machine may be shared, of the processor, all threads together; the best of a few.
#![expect(clippy::print_stdout, reason = "it prints its figures")]
#![expect(clippy::disallowed_methods, reason = "it measures")]

use jiff::Zoned;
use jiff::tz::TimeZone;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use woodpile_query::{Matcher, Pipeline, Rows, parse};
use woodpile_search::{Question, Search};
use woodpile_store::{OpenOptions, Order, Prune, SqliteStore, Store};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// So often each search is made when all is warm.
const ROUNDS: usize = 5;
const HOUR: i64 = 3_600_000;

/// What is measured.
struct Measured {
    name: &'static str,
    query: String,
    limit: Option<usize>,
    prune: Prune,
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let path = arguments.next().ok_or("which store?")?;
    let needle = arguments.next();
    let only = arguments.next();
    let store: Arc<dyn Store> =
        Arc::new(SqliteStore::open(Path::new(&path), &OpenOptions::default())?);
    let names: Vec<String> = store.collections()?.into_iter().map(|stats| stats.name).collect();
    let (first, last) = span(&*store, &names)?;
    println!(
        "{:>9} {:>9} {:>9} {:>9} {:>10}  search",
        "first ms", "cpu ms", "warm ms", "cpu ms", "rows"
    );
    for measured in searches(needle, first, last) {
        if only.as_ref().is_none_or(|only| measured.name.contains(only.as_str())) {
            measure(&store, &names, &measured)?;
        }
    }
    println!("{} MB at most", peak_megabytes());
    Ok(())
}

/// When the first and the last packed record happened.
fn span(store: &dyn Store, names: &[String]) -> Result<(i64, i64)> {
    let mut blocks = Vec::new();
    for name in names {
        blocks.extend(store.blocks(name)?);
    }
    let first = blocks.iter().map(|block| block.first).min();
    let last = blocks.iter().map(|block| block.last).max();
    first.zip(last).ok_or_else(|| "nothing is packed".into())
}

fn searches(needle: Option<String>, first: i64, last: i64) -> Vec<Measured> {
    let middle = first.midpoint(last) / HOUR * HOUR;
    let week = Prune { since: Some(middle), until: Some(middle + 168 * HOUR) };
    let deep = Prune { since: None, until: Some(middle) };
    let search =
        |name, query: &str, limit, prune| Measured { name, query: query.to_owned(), limit, prune };
    let rows = Some(100);
    let all = Prune::NONE;
    let mut searches = vec![
        search("absent word", "zzqxunseen", rows, all),
        search("status:>=500, newest 100", "status:>=500", rows, all),
        search("newest 100", "*", rows, all),
        search("100 deep in the past", "*", rows, deep),
        search("count by status", "* | stats count() by status", None, all),
        search("a week by hour by level", "* | timechart 1h count() by level", None, week),
        search("all by hour by level", "* | timechart 1h count() by level", None, all),
        search("top path", "* | top path", None, all),
        search("sum of bytes by method", "* | stats sum(http.bytes) by method", None, all),
        search("absent substring", "*zq0xv*", rows, all),
        search("absent expression", "*:/[a-z]{9}[0-9]{7}z/", rows, all),
        search("expression, all", "*:/[a-z][0-9a-z]* / | stats count()", None, all),
    ];
    searches.extend(needle.map(|needle| search("needle", &needle, None, all)));
    searches
}

fn measure(store: &Arc<dyn Store>, names: &[String], measured: &Measured) -> Result<()> {
    let search = Search::new(Arc::clone(store));
    let (rows, first, first_cpu) = timed(|| run(&search, names, measured))?;
    let (mut warm, mut cpu) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        let (_, clock, processor) = timed(|| run(&search, names, measured))?;
        warm = warm.min(clock);
        cpu = cpu.min(processor);
    }
    println!("{first:>9.1} {first_cpu:>9.1} {warm:>9.1} {cpu:>9.1} {rows:>10}  {}", measured.name);
    Ok(())
}

fn run(search: &Search, names: &[String], measured: &Measured) -> Result<usize> {
    let query = parse(&measured.query).map_err(|errors| errors.to_string())?;
    let matcher = Matcher::new(&query.filter, &Zoned::default())?;
    let question =
        Question::new(matcher, measured.prune, Order::NewestFirst).with_limit(measured.limit);
    if !query.pipes.is_empty() {
        let pipeline = Pipeline::new(&query.pipes, &TimeZone::UTC);
        return Ok(match search.work(&question, names, pipeline)?.rows {
            Rows::Table(table) => table.rows.len(),
            Rows::Records(records) => records.len(),
        });
    }
    let mut found = search.find(&question, names);
    let mut rows = 0;
    while rows < measured.limit.unwrap_or(usize::MAX) && found.advance()?.is_some() {
        rows += 1;
    }
    Ok(rows)
}

/// Milliseconds of the clock and of the processor.
fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, f64, f64)> {
    let (clock, processor) = (Instant::now(), processor_millis());
    let made = work()?;
    Ok((made, clock.elapsed().as_secs_f64() * 1e3, processor_millis() - processor))
}

/// What the threads of this process used of the processor, those included that ended; 0 where the system does not tell.
fn processor_millis() -> f64 {
    /// Ticks of the kernel's clock, as it shows them.
    const MILLIS_PER_TICK: f64 = 10.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind_name.split_whitespace().skip(11).take(2);
    ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() * MILLIS_PER_TICK
}

fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}

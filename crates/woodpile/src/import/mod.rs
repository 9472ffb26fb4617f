//! `woodpile import`: log files of any format into the store.
//!
//! One thread reads and cuts the text where a record begins; workers parse, encode and append the
//! chunks side by side. Where no good place to cut is found, the worker of one chunk passes what is
//! still open to the worker of the next.

mod batches;
mod chunk;
mod cut;
mod desk;
mod gate;
mod limits;
mod progress;
mod reader;
mod source;
mod stdin;
mod tally;
mod worker;

use crate::cli::ImportArgs;
use crate::exit::{FAILED, INTERRUPTED, say, tell, usage};
use crate::settings::Settings;
use crate::{clock, interrupt};
use crossbeam_channel::bounded;
use gate::Gate;
use indicatif::ProgressBar;
use jiff::tz::TimeZone;
use source::Source;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use tally::Tally;
use woodpile_line::{Context, Format};
use woodpile_record::{EventTime, IdSource};
use woodpile_store::Store;

/// What everyone who takes part knows.
#[derive(Debug)]
struct Job<'a> {
    store: &'a dyn Store,
    gate: Gate,
    ids: &'a IdSource,
    /// The lines' format, if the user knows better.
    format: Option<Format>,
    /// Where all lines go, if the user says so.
    collection: Option<&'a str>,
    zone: TimeZone,
    now: EventTime,
    /// Ctrl-C: what was read is kept, nothing more is read.
    interrupted: Arc<AtomicBool>,
    /// The store failed: nothing more is read.
    failed: AtomicBool,
    tally: Mutex<Tally>,
}

impl Job<'_> {
    fn context(&self) -> Context<'_> {
        Context { now: self.now, zone: &self.zone }
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopped(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed) || self.failed.load(Ordering::Relaxed)
    }
}

/// Reads all files into the store, and says what came of it.
pub(crate) fn execute(args: &ImportArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let format = parse_format(&args.format)?;
    let sources: Vec<_> =
        args.files.iter().map(|path| Source::find(path)).collect::<Result<_, _>>()?;
    let store = settings.open_to_write()?;
    let job = Job {
        store: store.as_ref(),
        gate: Gate::new(),
        ids: &clock::id_source(),
        format,
        collection: args.collection.as_deref(),
        zone: TimeZone::system(),
        now: clock::now_as_event_time(),
        interrupted: interrupt::raises_a_flag()?,
        failed: AtomicBool::new(false),
        tally: Mutex::default(),
    };
    let progress = progress::bar(&sources);
    let started = clock::instant();
    let errors = run(&job, &sources, &progress);
    progress.finish_and_clear();
    let tally = job.tally();
    say(&tally.describe(started.elapsed()));
    errors.iter().for_each(tell);
    Ok(if job.interrupted.load(Ordering::Relaxed) {
        say("interrupted: what is counted above is kept");
        ExitCode::from(INTERRUPTED)
    } else if errors.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

fn run(job: &Job<'_>, sources: &[Source], progress: &ProgressBar) -> Vec<anyhow::Error> {
    thread::scope(|scope| {
        let (sender, receiver) = bounded(limits::QUEUED_CHUNKS);
        let workers: Vec<_> = (0..worker_count())
            .map(|_| receiver.clone())
            .map(|chunks| scope.spawn(move || worker::work(job, &chunks)))
            .collect();
        drop(receiver);
        let mut errors = reader::read(job, sources, &sender, progress);
        drop(sender);
        for worker in workers {
            match worker.join() {
                Ok(outcome) => errors.extend(outcome.err().map(Into::into)),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        errors
    })
}

fn worker_count() -> usize {
    thread::available_parallelism().map_or(limits::MIN_WORKERS, |count| {
        count.get().clamp(limits::MIN_WORKERS, limits::MAX_WORKERS)
    })
}

fn parse_format(name: &str) -> anyhow::Result<Option<Format>> {
    if name == "auto" {
        return Ok(None);
    }
    name.parse()
        .map(Some)
        .map_err(|error: woodpile_line::UnknownFormat| usage(format!("--format {name}: {error}")))
}

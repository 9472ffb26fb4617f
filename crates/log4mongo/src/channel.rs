use crate::collection::Collection;
use crate::level::Level;
use crate::local;
use jiff::tz::TimeZone;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use woodpile_keep::Sender;
use woodpile_record::{Entry, EventTime, ObjectId, json};

/// Which of the three logs a record belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What the app says.
    Event,
    /// One record for a request.
    #[cfg(feature = "tower")]
    Access,
    /// What the server says.
    Error,
}

/// Where the records of one collection go.
#[derive(Debug, Clone)]
pub(crate) enum Channel {
    /// To the keeper.
    Kept(Sender),
    /// To standard output.
    Printed(Collection, Arc<Printer>),
}

impl Channel {
    pub(crate) fn put(&self, entry: &Entry<'_>, id: ObjectId, now: EventTime, level: Level) {
        match self {
            Self::Kept(sender) => {
                let record = entry.encode_in(id, now, sender.buffer());
                // What is dropped is counted by the keeper, and nobody could do more about it here.
                let _ = sender.send_at(record, Some(level.severity()));
            }
            Self::Printed(collection, printer) => printer.print(collection, entry, id, now),
        }
    }
}

/// How records look on standard output.
#[derive(Debug, Clone)]
pub(crate) enum Form {
    /// One line of extended JSON, as `woodpile export` writes it and `woodpile run` takes it.
    Json,
    /// For people.
    Text(TimeZone),
}

/// Prints records.
pub(crate) struct Printer {
    form: Form,
    out: Mutex<Box<dyn Write + Send>>,
    lost: AtomicU64,
}

impl std::fmt::Debug for Printer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Printer").field("form", &self.form).finish_non_exhaustive()
    }
}

impl Printer {
    pub(crate) fn new(form: Form, out: Box<dyn Write + Send>) -> Self {
        Self { form, out: Mutex::new(out), lost: AtomicU64::new(0) }
    }

    pub(crate) fn to_stdout(form: Form) -> Self {
        Self::new(form, Box::new(io::stdout()))
    }

    /// Records that could not be written: standard output is closed.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    fn print(&self, collection: &Collection, entry: &Entry<'_>, id: ObjectId, now: EventTime) {
        let mut line = String::with_capacity(512);
        match &self.form {
            Form::Json => {
                let record = entry.encode(id, now);
                json::write_with(record.as_document(), collection.name(), &mut line);
                line.push('\n');
            }
            Form::Text(zone) => local::write_line(&mut line, collection, entry, now, zone),
        }
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        if out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

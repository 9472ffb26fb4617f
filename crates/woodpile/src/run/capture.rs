//! A stream's bytes become records.

use super::keeping::Keeping;
use super::lines::{Line, Lines};
use crate::clock;
use crate::exported;
use crate::long_line::keep_bytes;
use jiff::tz::TimeZone;
use rustix::event::Timespec;
use std::borrow::Cow;
use std::ffi::OsString;
use std::path::Path;
use woodpile_keep::Sender;
use woodpile_line::{Context, Joined, Joiner, Route, parse};
use woodpile_record::{Entry, EventTime, ObjectId, Record, Value};

/// Names the app, where its command does not.
const APP: &str = "WOODPILE_APP";
/// Heroku's name for the process, such as `web.1`.
const DYNO: &str = "DYNO";

/// How long a stream is quiet before the next line is taken to begin a record of its own.
const QUIET: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
/// How long it is quiet before a request that was started is taken to have no end.
const REQUEST_PATIENCE: Timespec = Timespec { tv_sec: 30, tv_nsec: 0 };

/// Where records come from, as far as their own line does not say it.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// `app`.
    pub(crate) app: Option<String>,
    /// `tags`.
    pub(crate) tags: Vec<String>,
    /// `hostname`.
    pub(crate) hostname: String,
    /// `process`.
    pub(crate) process: i64,
}

impl Origin {
    /// A command's: the app is `WOODPILE_APP` or else the command's own name; on Heroku the dyno is a tag.
    pub(crate) fn of_command(words: &[OsString], process: u32) -> Self {
        let program = words.first().and_then(|word| Path::new(word).file_name());
        let app = variable(APP).or(program.map(|name| name.to_string_lossy().into_owned()));
        let tags = variable(DYNO).into_iter().collect();
        Self { app, tags, hostname: hostname(), process: i64::from(process) }
    }
}

/// This machine's name.
pub(crate) fn hostname() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[expect(clippy::disallowed_methods, reason = "the binary is where the environment is read")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Makes records of one stream and hands them to the keeper.
#[derive(Debug)]
pub(crate) struct Capture<'k> {
    lines: Lines,
    desk: Desk<'k>,
}

impl<'k> Capture<'k> {
    /// All records go to `collection`, if there is one, else each to its log.
    pub(crate) fn new(keeping: &'k Keeping, origin: Origin, collection: Option<&str>) -> Self {
        let sender = |route: Route| keeping.keeper.sender(collection.unwrap_or(route.collection()));
        Self {
            lines: Lines::default(),
            desk: Desk {
                joiner: Joiner::new(None),
                long_line: None,
                records: Records {
                    keeping,
                    origin,
                    application: sender(Route::Application),
                    access: sender(Route::Access),
                    error: sender(Route::Error),
                    zone: TimeZone::system(),
                },
            },
        }
    }

    /// Takes what the stream brought.
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        self.lines.feed(bytes, |line| self.desk.take(line));
        self.desk.records.keeping.give_way();
    }

    /// How long to wait for lines that may belong to what is held back, if anything is.
    pub(crate) fn patience(&self) -> Option<Timespec> {
        let joiner = &self.desk.joiner;
        let patience = if joiner.is_unsettled() { QUIET } else { REQUEST_PATIENCE };
        joiner.is_holding().then_some(patience)
    }

    /// The stream was quiet for that long: what was held back is complete.
    pub(crate) fn settle(&mut self) {
        if self.desk.joiner.is_unsettled() {
            self.desk.join(Joiner::settle);
        } else {
            self.desk.finish();
        }
    }

    /// The stream has ended: its last line counts although it has no end.
    pub(crate) fn finish(mut self) {
        self.lines.finish(|line| self.desk.take(line));
        self.desk.finish();
    }
}

/// Where lines become records.
#[derive(Debug)]
struct Desk<'k> {
    joiner: Joiner,
    /// The first part of the line whose parts are coming, and where it went.
    long_line: Option<(ObjectId, Route)>,
    records: Records<'k>,
}

/// Where records get what their line does not say, and go to their log.
#[derive(Debug)]
struct Records<'k> {
    keeping: &'k Keeping,
    origin: Origin,
    application: Sender,
    access: Sender,
    error: Sender,
    zone: TimeZone,
}

impl Desk<'_> {
    fn take(&mut self, line: Line<'_>) {
        if let Some(part) = line.part {
            self.take_part(line.bytes, part);
        } else if !self.take_exported(line.bytes) {
            self.join(|joiner, context, emit| joiner.push(line.bytes, context, emit));
        }
    }

    fn finish(&mut self) {
        if self.joiner.is_holding() {
            self.join(Joiner::finish);
        }
    }

    fn join(&mut self, step: impl FnOnce(&mut Joiner, &Context<'_>, &mut dyn FnMut(Joined<'_>))) {
        let now = clock::now_as_event_time();
        let records = &self.records;
        let context = Context { now, zone: &records.zone };
        step(&mut self.joiner, &context, &mut |joined| {
            records.keep(joined.route, joined.entry, now);
        });
    }

    /// Keeps a record as it is that `log4mongo` wrote; false if the line is none.
    fn take_exported(&mut self, line: &[u8]) -> bool {
        if !exported::is_likely(line, None) {
            return false;
        }
        let Ok(Some((collection, record))) = exported::read(line, None) else { return false };
        self.finish();
        send(&self.records.keeping.keeper.sender(&collection), record);
        true
    }

    /// Keeps a part of a long line: the first says when and where, as any line does.
    fn take_part(&mut self, bytes: &[u8], part: i64) {
        self.finish();
        let now = clock::now_as_event_time();
        let text = String::from_utf8_lossy(bytes);
        let (route, mut entry) = match self.long_line.filter(|_| part > 1) {
            None => {
                let line = parse(&text, None, &Context { now, zone: &self.records.zone });
                (line.route, line.entry)
            }
            Some((first, route)) => {
                let mut entry = Entry { message: (&*text).into(), ..Entry::default() };
                entry.extra.push(("partOf".into(), Value::Id(first)));
                (route, entry)
            }
        };
        entry.extra.push(("part".into(), Value::Int(part)));
        keep_bytes(&mut entry, bytes);
        let id = self.records.keep(route, entry, now);
        if part == 1 {
            self.long_line = Some((id, route));
        }
    }
}

impl Records<'_> {
    fn keep<'e>(&'e self, route: Route, mut entry: Entry<'e>, now: EventTime) -> ObjectId {
        let id = self.keeping.ids.next(now.seconds_u32());
        let Origin { app, tags, hostname, process } = &self.origin;
        entry.app = entry.app.or(app.as_deref().map(Cow::Borrowed));
        entry.hostname.get_or_insert_with(|| hostname.into());
        entry.process.get_or_insert(*process);
        entry.tags.extend(tags.iter().map(|tag| Cow::Borrowed(tag.as_str())));
        send(self.sender(route), entry.encode(id, now));
        id
    }

    fn sender(&self, route: Route) -> &Sender {
        match route {
            Route::Application => &self.application,
            Route::Access => &self.access,
            Route::Error => &self.error,
        }
    }
}

fn send(sender: &Sender, record: Record) {
    // What finds no room is counted by the keeper, and told by its notices and at the end.
    let _ = sender.send(record);
}

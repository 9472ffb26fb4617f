//! Where a chunk's lines become records.

use super::Job;
use super::batches::Batches;
use super::chunk::{Carry, Chunk, LongLine};
use crate::exported;
use crate::long_line::{keep_bytes, part_length};
use memchr::memchr_iter;
use std::sync::Arc;
use woodpile_line::{Joiner, Route, parse};
use woodpile_record::{Entry, EventTime, ObjectId, Value};

/// What a chunk's lines say.
pub(super) struct Desk<'j> {
    joiner: Joiner,
    /// The line whose further parts are coming.
    long_line: Option<LongLine>,
    /// Records that were born here.
    pub(super) born: Born<'j>,
    /// Records that brought their `_id`.
    pub(super) brought: Batches,
    pub(super) unread: Unread,
}

/// Records on their way to the store, each with an id of its own.
pub(super) struct Born<'j> {
    job: &'j Job<'j>,
    ids: Box<dyn Iterator<Item = ObjectId> + Send + 'j>,
    last_time: Option<EventTime>,
    pub(super) batches: Batches,
}

/// Lines that look like an exported record but are none.
#[derive(Debug, Default)]
pub(super) struct Unread {
    pub(super) lines: u64,
    pub(super) first: Option<String>,
}

impl<'j> Desk<'j> {
    /// Reads all of the chunk. Waits for what the chunk before it leaves open, and passes on what this one does.
    pub(super) fn read(job: &'j Job<'j>, chunk: Chunk<'j>) -> Self {
        let carried = chunk.carried.and_then(|carried| carried.recv().ok());
        let carried = carried.unwrap_or_else(|| Carry::none(job.format));
        let born =
            Born { job, ids: chunk.ids, last_time: carried.last_time, batches: Batches::default() };
        let mut desk = Self {
            joiner: carried.joiner,
            long_line: carried.long_line,
            born,
            brought: Batches::default(),
            unread: Unread::default(),
        };
        for (number, line) in (chunk.first_line..).zip(lines(&chunk.bytes)) {
            let place = Place { file: &chunk.file, number };
            desk.take(line, chunk.is_line_open && !line.ends_with(b"\n"), place);
        }
        match chunk.carry {
            Some(next) => {
                let joiner = std::mem::replace(&mut desk.joiner, Joiner::new(job.format));
                let last_time = desk.born.last_time;
                // Nobody is there to take it only if the program is about to fail.
                let _ = next.send(Carry { joiner, last_time, long_line: desk.long_line });
            }
            None => desk.settle(),
        }
        desk
    }

    /// Takes a line; `is_open` says that more of it is in the next chunk.
    fn take(&mut self, line: &[u8], is_open: bool, place: Place<'_>) {
        if is_open || self.long_line.is_some() {
            self.take_parts(line);
            self.long_line = self.long_line.filter(|_| is_open);
        } else if !self.take_exported(line, place) {
            self.take_fresh(line);
        }
    }

    fn take_fresh(&mut self, line: &[u8]) {
        if part_length(line) < line.len() {
            self.take_parts(line);
            self.long_line = None;
        } else {
            let context = self.born.job.context();
            self.joiner.push(line, &context, &mut |joined| {
                self.born.keep(joined.route, &joined.entry);
            });
        }
    }

    /// Keeps what the joiner holds back.
    fn settle(&mut self) {
        if self.joiner.is_holding() {
            let context = self.born.job.context();
            self.joiner.finish(&context, &mut |joined| {
                self.born.keep(joined.route, &joined.entry);
            });
        }
    }

    /// Keeps an exported record as it is; false if the line is none.
    fn take_exported(&mut self, line: &[u8], place: Place<'_>) -> bool {
        let collection = self.born.job.collection;
        if !exported::is_likely(line, collection) {
            return false;
        }
        match exported::read(line, collection) {
            Ok(None) => false,
            Ok(Some((collection, record))) => {
                self.settle();
                self.brought.of(&collection).push(record.as_document());
                true
            }
            Err(reason) => {
                self.unread.add(place, &reason);
                false
            }
        }
    }

    /// Keeps a line, or more of one, that is too long for one record as several in a row.
    fn take_parts(&mut self, line: &[u8]) {
        self.settle();
        let mut rest = line.strip_suffix(b"\n").unwrap_or(line);
        while !rest.is_empty() {
            let (part, tail) = rest.split_at(part_length(rest));
            self.long_line = Some(match self.long_line {
                None => self.born.keep_first_part(part),
                Some(line) => self.born.keep_next_part(part, line),
            });
            rest = tail;
        }
    }
}

impl Born<'_> {
    fn keep(&mut self, route: Route, entry: &Entry<'_>) -> ObjectId {
        let id = self.next_id();
        let collection = self.job.collection.unwrap_or(route.collection());
        self.last_time = entry.time.or(self.last_time);
        // A line without a time happened about when the line before it did.
        let time = self.last_time.unwrap_or(self.job.now);
        entry.encode_into(id, time, self.batches.of(collection));
        id
    }

    fn next_id(&mut self) -> ObjectId {
        self.ids.next().unwrap_or_else(|| self.job.ids.next(self.job.now.seconds_u32()))
    }

    /// The first part says when and where, as any line does.
    fn keep_first_part(&mut self, part: &[u8]) -> LongLine {
        let text = String::from_utf8_lossy(part);
        let line = parse(&text, self.job.format, &self.job.context());
        let mut entry = line.entry;
        entry.extra.push(("part".into(), Value::Int(1)));
        keep_bytes(&mut entry, part);
        let first = self.keep(line.route, &entry);
        LongLine { first, route: line.route, parts: 1 }
    }

    fn keep_next_part(&mut self, part: &[u8], line: LongLine) -> LongLine {
        let text = String::from_utf8_lossy(part);
        let parts = line.parts + 1;
        let mut entry = Entry { message: (&*text).into(), ..Entry::default() };
        entry.extra.push(("part".into(), Value::Int(parts)));
        entry.extra.push(("partOf".into(), Value::Id(line.first)));
        keep_bytes(&mut entry, part);
        self.keep(line.route, &entry);
        LongLine { parts, ..line }
    }
}

/// Where a line is, for errors.
#[derive(Debug, Clone, Copy)]
struct Place<'p> {
    file: &'p Arc<str>,
    number: u64,
}

impl Unread {
    fn add(&mut self, place: Place<'_>, reason: &str) {
        self.lines += 1;
        let Place { file, number } = place;
        self.first.get_or_insert_with(|| format!("{file}, line {number}, {reason}"));
    }
}

/// The lines, each with its end.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr_iter(b'\n', bytes).map(|newline| newline + 1);
    let last = (!bytes.is_empty() && !bytes.ends_with(b"\n")).then_some(bytes.len());
    let mut start = 0;
    ends.chain(last).map(move |end| &bytes[std::mem::replace(&mut start, end)..end])
}

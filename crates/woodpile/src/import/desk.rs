//! Where a chunk's lines become records.

use super::Job;
use super::batches::Batches;
use super::chunk::{Carry, Chunk, LongLine};
use super::cut::floor_char_boundary;
use super::exported;
use super::limits::{MAX_BINARY_PART_BYTES, MAX_LINE_BYTES};
use memchr::memchr_iter;
use woodpile_line::{Joiner, Route, parse};
use woodpile_record::{Entry, EventTime, ObjectId, Value};

/// The records of one chunk.
pub(super) struct Desk<'j> {
    job: &'j Job<'j>,
    ids: Box<dyn Iterator<Item = ObjectId> + Send + 'j>,
    last_time: Option<EventTime>,
    /// Records that were born here.
    pub(super) fresh: Batches,
    /// Records that brought their `_id`.
    pub(super) brought: Batches,
    /// Lines that look like an exported record but are none.
    pub(super) unread: u64,
    pub(super) first_unread: Option<String>,
}

impl<'j> Desk<'j> {
    /// Reads all of the chunk. Waits for what the chunk before it leaves open, and passes on what this one does.
    pub(super) fn read(job: &'j Job<'j>, chunk: Chunk<'j>) -> Self {
        let carried = chunk.carried.and_then(|carried| carried.recv().ok());
        let Carry { mut joiner, last_time, mut long_line } = carried.unwrap_or_else(|| Carry {
            joiner: Joiner::new(job.format),
            last_time: None,
            long_line: None,
        });
        let mut desk = Self {
            job,
            ids: chunk.ids,
            last_time,
            fresh: Batches::default(),
            brought: Batches::default(),
            unread: 0,
            first_unread: None,
        };
        for (number, line) in (chunk.first_line..).zip(lines(&chunk.bytes)) {
            let is_open = chunk.is_line_open && !line.ends_with(b"\n");
            if is_open || long_line.is_some() {
                let parts = desk.keep_parts(&mut joiner, line, long_line.take());
                long_line = parts.filter(|_| is_open);
            } else if desk.take_exported(&mut joiner, line, &chunk.file, number) {
            } else if part_length(line) < line.len() {
                desk.keep_parts(&mut joiner, line, None);
            } else {
                joiner.push(line, &job.context(), &mut |route, entry| {
                    desk.keep(route, entry);
                });
            }
        }
        match chunk.carry {
            Some(next) => {
                // Whoever gets it lives at least as long as the reader, which ends with a chunk for it.
                let _ = next.send(Carry { joiner, last_time: desk.last_time, long_line });
            }
            None => desk.settle(&mut joiner),
        }
        desk
    }

    /// Keeps what the joiner holds back.
    fn settle(&mut self, joiner: &mut Joiner) {
        if joiner.is_holding() {
            joiner.finish(&self.job.context(), &mut |route, entry| {
                self.keep(route, entry);
            });
        }
    }

    fn keep(&mut self, route: Route, entry: &Entry<'_>) -> ObjectId {
        let id = self.next_id();
        let collection = self.job.collection.unwrap_or(route.collection());
        self.last_time = entry.time.or(self.last_time);
        // A line without a time happened about when the line before it did.
        entry.encode_into(id, self.last_time.unwrap_or(self.job.now), self.fresh.of(collection));
        id
    }

    fn next_id(&mut self) -> ObjectId {
        self.ids.next().unwrap_or_else(|| self.job.ids.next(self.job.now.seconds_u32()))
    }

    /// Keeps an exported record as it is; false if the line is none.
    fn take_exported(&mut self, joiner: &mut Joiner, line: &[u8], file: &str, number: u64) -> bool {
        if !exported::is_likely(line) {
            return false;
        }
        match exported::read(line) {
            Ok(None) => false,
            Ok(Some((collection, record))) => {
                self.settle(joiner);
                self.brought.of(&collection).push(record.as_document());
                true
            }
            Err(reason) => {
                self.unread += 1;
                self.first_unread.get_or_insert_with(|| format!("{file}, line {number}, {reason}"));
                false
            }
        }
    }

    /// Keeps a line that is too long for one record as several in a row; returns what a further part has to know.
    fn keep_parts(
        &mut self,
        joiner: &mut Joiner,
        line: &[u8],
        mut open: Option<LongLine>,
    ) -> Option<LongLine> {
        self.settle(joiner);
        let mut rest = line.strip_suffix(b"\n").unwrap_or(line);
        while !rest.is_empty() {
            let (part, tail) = rest.split_at(part_length(rest));
            open = Some(match open {
                None => self.keep_first_part(part),
                Some(line) => self.keep_next_part(part, line),
            });
            rest = tail;
        }
        open
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

/// The lines, each with its end.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr_iter(b'\n', bytes).map(|newline| newline + 1);
    let last = (!bytes.is_empty() && !bytes.ends_with(b"\n")).then_some(bytes.len());
    let mut start = 0;
    ends.chain(last).map(move |end| &bytes[std::mem::replace(&mut start, end)..end])
}

/// How much of a line goes into its next record. What is no text takes up to three bytes for each of its own,
/// and is kept beside that as it is.
pub(crate) fn part_length(line: &[u8]) -> usize {
    let fits = |most: usize| {
        if line.len() <= most { line.len() } else { floor_char_boundary(&line[..most]) }
    };
    let length = fits(MAX_LINE_BYTES);
    let is_text = || std::str::from_utf8(&line[..length]).is_ok();
    if length <= MAX_BINARY_PART_BYTES || is_text() { length } else { fits(MAX_BINARY_PART_BYTES) }
}

/// Bytes that are no text are kept beside what could be read of them.
pub(crate) fn keep_bytes<'a>(entry: &mut Entry<'a>, bytes: &'a [u8]) {
    if std::str::from_utf8(bytes).is_err() {
        entry.extra.push(("messageBytes".into(), Value::Bytes(bytes.into())));
    }
}

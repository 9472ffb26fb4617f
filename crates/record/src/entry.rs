use crate::limits::{MAX_ENTRY_BYTES, MAX_FIELDS};
use crate::{Batch, EventTime, Record, Value, Writer, is_standard, name};
use bson::oid::ObjectId;
use std::borrow::Cow;
use std::collections::HashSet;

/// A record on its way in: what a line, a frame or a log call said, typed but not yet encoded.
///
/// Every field is optional; what is absent is not written. [`Entry::encode`] writes the fields in
/// log4mongo's order (<https://github.com/log4mongo/log4mongo-python>, `MongoFormatter`).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry<'a> {
    /// When it happened.
    pub time: Option<EventTime>,
    /// The level as the source spells it.
    pub level: Option<Cow<'a, str>>,
    /// The text, verbatim.
    pub message: Cow<'a, str>,
    /// The logger, dotted.
    pub logger_name: Option<Cow<'a, str>>,
    /// The source file.
    pub file_name: Option<Cow<'a, str>>,
    /// The module.
    pub module: Option<Cow<'a, str>>,
    /// The function.
    pub method: Option<Cow<'a, str>>,
    /// The line in the source file.
    pub line_number: Option<i64>,
    /// The thread's number.
    pub thread: Option<i64>,
    /// The thread's name.
    pub thread_name: Option<Cow<'a, str>>,
    /// The process id.
    pub process: Option<i64>,
    /// The machine.
    pub hostname: Option<Cow<'a, str>>,
    /// The app.
    pub app: Option<Cow<'a, str>>,
    /// The tags.
    pub tags: Vec<Cow<'a, str>>,
    /// The span, or the names of the spans from the outermost, joined by `:`.
    pub span: Option<Cow<'a, str>>,
    /// The trace, in hex.
    pub trace_id: Option<Cow<'a, str>>,
    /// The span within the trace, in hex.
    pub span_id: Option<Cow<'a, str>>,
    /// The error.
    pub exception: Option<Exception<'a>>,
    /// The request, on access records.
    pub http: Option<Box<Http<'a>>>,
    /// The dyno and drain, on Heroku's records.
    pub heroku: Option<Box<Heroku<'a>>>,
    /// The app's own fields: top-level, or under `extra` where the name is a standard one or taken.
    pub fields: Vec<(Cow<'a, str>, Value<'a>)>,
    /// Fields that go under `extra` in any case.
    pub extra: Vec<(Cow<'a, str>, Value<'a>)>,
}

/// An error with its trace.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exception<'a> {
    /// The error's class.
    pub kind: Option<Cow<'a, str>>,
    /// What it said.
    pub message: Cow<'a, str>,
    /// log4mongo writes 0.
    pub code: i32,
    /// The trace, verbatim, one text.
    pub stack_trace: Option<Cow<'a, str>>,
}

/// A request and its answer.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "each field is the HTTP term of that name")]
pub struct Http<'a> {
    pub method: Option<Cow<'a, str>>,
    /// Without the query.
    pub path: Option<Cow<'a, str>>,
    /// Without the question mark.
    pub query: Option<Cow<'a, str>>,
    pub status: Option<i32>,
    /// Of the answer's body.
    pub bytes: Option<i64>,
    /// Milliseconds.
    pub duration_ms: Option<f64>,
    pub remote_addr: Option<Cow<'a, str>>,
    pub user: Option<Cow<'a, str>>,
    pub host: Option<Cow<'a, str>>,
    pub referrer: Option<Cow<'a, str>>,
    pub user_agent: Option<Cow<'a, str>>,
    pub request_id: Option<Cow<'a, str>>,
    /// Such as `HTTP/1.1`.
    pub protocol: Option<Cow<'a, str>>,
}

/// What Heroku says of where a record came from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heroku<'a> {
    /// `app` or `heroku`.
    pub source: Option<Cow<'a, str>>,
    /// Such as `web.1` or `router`.
    pub process: Option<Cow<'a, str>>,
    /// The dyno that served a request.
    pub dyno: Option<Cow<'a, str>>,
    /// The drain's token.
    pub drain: Option<Cow<'a, str>>,
    /// Such as `H12` or `R14`.
    pub code: Option<Cow<'a, str>>,
}

/// What most entries take as BSON, at most.
const USUAL_BYTES: usize = 512;

impl Entry<'_> {
    /// Encodes the entry as the record `id`; `now` is the time of an entry that brings none.
    pub fn encode(&self, id: ObjectId, now: EventTime) -> Record {
        self.encode_in(id, now, Vec::new())
    }

    /// The same in a buffer that is used again; what it held is overwritten.
    pub fn encode_in(&self, id: ObjectId, now: EventTime, mut buffer: Vec<u8>) -> Record {
        buffer.clear();
        buffer.reserve(USUAL_BYTES);
        self.encode_to(id, now, &mut buffer);
        Record::trusted(buffer)
    }

    /// Encodes the entry as the record `id` at the end of `batch`.
    pub fn encode_into(&self, id: ObjectId, now: EventTime, batch: &mut Batch) {
        batch.push_with(|bytes| self.encode_to(id, now, bytes));
    }

    fn encode_to(&self, id: ObjectId, now: EventTime, out: &mut Vec<u8>) {
        let start = out.len();
        self.write(id, now, out);
        let length = out.len() - start;
        if length > MAX_ENTRY_BYTES {
            out.truncate(start);
            self.cut(length).write(id, now, out);
        }
    }

    fn write(&self, id: ObjectId, now: EventTime, out: &mut Vec<u8>) {
        let mut writer = Writer::new(out);
        let time = self.time.unwrap_or(now);
        writer.id(name::ID, id);
        writer.date(name::TIMESTAMP, time.millis());
        if time.sub_millis() != 0 {
            writer.int32(name::NANOS, time.sub_millis());
        }
        optional(&mut writer, name::LEVEL, self.level.as_ref());
        self.write_origin(&mut writer);
        if let Some(exception) = &self.exception {
            writer.document(name::EXCEPTION, |writer| exception.write(writer));
        }
        if let Some(http) = &self.http {
            writer.document(name::HTTP, |writer| http.write(writer));
        }
        if let Some(heroku) = &self.heroku {
            writer.document(name::HEROKU, |writer| heroku.write(writer));
        }
        self.write_own(&mut writer);
        writer.finish();
    }

    fn write_origin(&self, writer: &mut Writer<'_>) {
        optional_int(writer, name::THREAD, self.thread);
        optional(writer, name::THREAD_NAME, self.thread_name.as_ref());
        writer.text(name::MESSAGE, &self.message);
        optional(writer, name::LOGGER_NAME, self.logger_name.as_ref());
        optional(writer, name::FILE_NAME, self.file_name.as_ref());
        optional(writer, name::MODULE, self.module.as_ref());
        optional(writer, name::METHOD, self.method.as_ref());
        optional_int(writer, name::LINE_NUMBER, self.line_number);
        optional_int(writer, name::PROCESS, self.process);
        optional(writer, name::HOSTNAME, self.hostname.as_ref());
        optional(writer, name::APP, self.app.as_ref());
        if !self.tags.is_empty() {
            writer.array(name::TAGS, |writer| {
                for (index, tag) in self.tags.iter().enumerate() {
                    writer.text(&index.to_string(), tag);
                }
            });
        }
        optional(writer, name::SPAN, self.span.as_ref());
        optional(writer, name::TRACE_ID, self.trace_id.as_ref());
        optional(writer, name::SPAN_ID, self.span_id.as_ref());
    }

    /// The app's own fields, then `extra`: what collides, and the number of those beyond the limit.
    fn write_own(&self, writer: &mut Writer<'_>) {
        let (fields, dropped_fields) = limited(&self.fields);
        let (extra, dropped_extra) = limited(&self.extra);
        let mut displaced = Vec::new();
        let mut taken = Taken::default();
        for field in fields {
            if is_standard(&field.0) || !taken.take(&field.0) {
                displaced.push(field);
            } else {
                writer.value(&field.0, &field.1);
            }
        }
        let dropped = Value::Int(i64::try_from(dropped_fields + dropped_extra).unwrap_or(i64::MAX));
        let dropped = (Cow::Borrowed("droppedFields"), dropped);
        let dropped = (dropped.1 != Value::Int(0)).then_some(&dropped);
        if extra.is_empty() && displaced.is_empty() && dropped.is_none() {
            return;
        }
        writer.document(name::EXTRA, |writer| {
            write_all(extra.iter().chain(displaced).chain(dropped), writer);
        });
    }
}

type Field<'a> = (Cow<'a, str>, Value<'a>);

/// The first [`MAX_FIELDS`], and how many there are beyond.
fn limited<'e, 'a>(fields: &'e [Field<'a>]) -> (&'e [Field<'a>], usize) {
    let kept = fields.len().min(MAX_FIELDS);
    (&fields[..kept], fields.len() - kept)
}

/// Writes the fields, each under a name of its own.
fn write_all<'e, 'a: 'e>(fields: impl Iterator<Item = &'e Field<'a>>, writer: &mut Writer<'_>) {
    let mut taken = Taken::default();
    for (key, value) in fields {
        if taken.take(key) {
            writer.value(key, value);
        } else {
            writer.value(&taken.free_name(key), value);
        }
    }
}

/// Which keys a document has already; a list while they are few.
#[derive(Default)]
struct Taken<'k> {
    few: Vec<&'k str>,
    many: HashSet<Cow<'k, str>>,
}

impl<'k> Taken<'k> {
    const FEW: usize = 16;

    fn has(&self, key: &str) -> bool {
        self.few.contains(&key) || self.many.contains(key)
    }

    fn take(&mut self, key: &'k str) -> bool {
        if self.has(key) {
            return false;
        }
        if self.few.len() < Self::FEW {
            self.few.push(key);
        } else {
            self.many.insert(Cow::Borrowed(key));
        }
        true
    }

    /// `key_2`, or the next of these that is free.
    fn free_name(&mut self, key: &str) -> String {
        let mut number = 2;
        loop {
            let name = format!("{key}_{number}");
            if !self.has(&name) {
                self.many.insert(Cow::Owned(name.clone()));
                return name;
            }
            number += 1;
        }
    }
}

impl<'a> Entry<'a> {
    /// Its texts that are short by nature: all but the message, the error's and the app's own.
    pub(crate) fn short_texts(&mut self) -> impl Iterator<Item = &mut Cow<'a, str>> {
        let origin = [
            &mut self.level,
            &mut self.logger_name,
            &mut self.file_name,
            &mut self.module,
            &mut self.method,
            &mut self.thread_name,
            &mut self.hostname,
            &mut self.app,
            &mut self.span,
            &mut self.trace_id,
            &mut self.span_id,
        ];
        let http = self.http.iter_mut().flat_map(|http| http.texts());
        let heroku = self.heroku.iter_mut().flat_map(|heroku| heroku.texts());
        origin.into_iter().flatten().chain(http).chain(heroku)
    }
}

impl<'a> Http<'a> {
    fn texts(&mut self) -> impl Iterator<Item = &mut Cow<'a, str>> {
        [
            &mut self.method,
            &mut self.path,
            &mut self.query,
            &mut self.remote_addr,
            &mut self.user,
            &mut self.host,
            &mut self.referrer,
            &mut self.user_agent,
            &mut self.request_id,
            &mut self.protocol,
        ]
        .into_iter()
        .flatten()
    }
}

impl<'a> Heroku<'a> {
    fn texts(&mut self) -> impl Iterator<Item = &mut Cow<'a, str>> {
        [&mut self.source, &mut self.process, &mut self.dyno, &mut self.drain, &mut self.code]
            .into_iter()
            .flatten()
    }
}

impl Exception<'_> {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.text("message", &self.message);
        writer.int32("code", self.code);
        optional(writer, "stackTrace", self.stack_trace.as_ref());
        optional(writer, "type", self.kind.as_ref());
    }
}

impl Http<'_> {
    fn write(&self, writer: &mut Writer<'_>) {
        optional(writer, "method", self.method.as_ref());
        optional(writer, "path", self.path.as_ref());
        optional(writer, "query", self.query.as_ref());
        if let Some(status) = self.status {
            writer.int32("status", status);
        }
        if let Some(bytes) = self.bytes {
            writer.int64("bytes", bytes);
        }
        if let Some(duration) = self.duration_ms {
            writer.float("durationMs", duration);
        }
        optional(writer, "remoteAddr", self.remote_addr.as_ref());
        optional(writer, "user", self.user.as_ref());
        optional(writer, "host", self.host.as_ref());
        optional(writer, "referrer", self.referrer.as_ref());
        optional(writer, "userAgent", self.user_agent.as_ref());
        optional(writer, "requestId", self.request_id.as_ref());
        optional(writer, "protocol", self.protocol.as_ref());
    }
}

impl Heroku<'_> {
    fn write(&self, writer: &mut Writer<'_>) {
        optional(writer, "source", self.source.as_ref());
        optional(writer, "process", self.process.as_ref());
        optional(writer, "dyno", self.dyno.as_ref());
        optional(writer, "drain", self.drain.as_ref());
        optional(writer, "code", self.code.as_ref());
    }
}

fn optional(writer: &mut Writer<'_>, key: &str, text: Option<&Cow<'_, str>>) {
    if let Some(text) = text {
        writer.text(key, text);
    }
}

fn optional_int(writer: &mut Writer<'_>, key: &str, number: Option<i64>) {
    if let Some(number) = number {
        writer.int(key, number);
    }
}

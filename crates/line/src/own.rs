//! Entries that outlive the text they were read from.

use crate::fields::Field;
use std::borrow::Cow;
use woodpile_record::{Entry, Exception, Heroku, Http, Value};

/// The same entry, borrowing from nothing.
pub(crate) fn entry(entry: Entry<'_>) -> Entry<'static> {
    Entry {
        time: entry.time,
        level: entry.level.map(text),
        message: text(entry.message),
        logger_name: entry.logger_name.map(text),
        file_name: entry.file_name.map(text),
        module: entry.module.map(text),
        method: entry.method.map(text),
        line_number: entry.line_number,
        thread: entry.thread,
        thread_name: entry.thread_name.map(text),
        process: entry.process,
        hostname: entry.hostname.map(text),
        app: entry.app.map(text),
        tags: entry.tags.into_iter().map(text).collect(),
        span: entry.span.map(text),
        trace_id: entry.trace_id.map(text),
        span_id: entry.span_id.map(text),
        exception: entry.exception.map(exception),
        http: entry.http.map(|request| Box::new(http(*request))),
        heroku: entry.heroku.map(|origin| Box::new(heroku(*origin))),
        fields: fields(entry.fields),
        extra: fields(entry.extra),
    }
}

/// The same error.
pub(crate) fn exception(exception: Exception<'_>) -> Exception<'static> {
    Exception {
        kind: exception.kind.map(text),
        message: text(exception.message),
        code: exception.code,
        stack_trace: exception.stack_trace.map(text),
    }
}

fn http(http: Http<'_>) -> Http<'static> {
    Http {
        method: http.method.map(text),
        path: http.path.map(text),
        query: http.query.map(text),
        status: http.status,
        bytes: http.bytes,
        duration_ms: http.duration_ms,
        remote_addr: http.remote_addr.map(text),
        user: http.user.map(text),
        host: http.host.map(text),
        referrer: http.referrer.map(text),
        user_agent: http.user_agent.map(text),
        request_id: http.request_id.map(text),
        protocol: http.protocol.map(text),
    }
}

fn heroku(heroku: Heroku<'_>) -> Heroku<'static> {
    Heroku {
        source: heroku.source.map(text),
        process: heroku.process.map(text),
        dyno: heroku.dyno.map(text),
        drain: heroku.drain.map(text),
        code: heroku.code.map(text),
    }
}

fn text(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

fn fields(fields: Vec<Field<'_>>) -> Vec<Field<'static>> {
    fields.into_iter().map(|(key, own)| (text(key), value(own))).collect()
}

fn value(own: Value<'_>) -> Value<'static> {
    match own {
        // No line holds BSON.
        Value::Null | Value::Raw(_) => Value::Null,
        Value::Bool(truth) => Value::Bool(truth),
        Value::Int(number) => Value::Int(number),
        Value::Float(number) => Value::Float(number),
        Value::Text(own) => Value::Text(text(own)),
        Value::Date(millis) => Value::Date(millis),
        Value::Id(id) => Value::Id(id),
        Value::Bytes(bytes) => Value::Bytes(Cow::Owned(bytes.into_owned())),
        Value::Array(values) => Value::Array(values.into_iter().map(value).collect()),
        Value::Document(own) => Value::Document(fields(own)),
    }
}

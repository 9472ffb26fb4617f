//! Where a record came from, if documents within it say so, as shippers and platforms add them: Elastic's agents
//! (<https://www.elastic.co/docs/reference/ecs>), Vector, Dokku and Fly. These documents stay.

use super::lookup::{Named, integer_of, text_of};
use std::borrow::Cow;
use woodpile_record::Entry;

const LEVEL: &[&str] = &["log.level"];
const HOSTNAME: &[&str] = &["host.name", "host.hostname", "agent.hostname"];
const APP: &[&str] = &[
    "service.name",
    "fly.app.name",
    "label.com.dokku.app-name",
    "kubernetes.container_name",
    "kubernetes.container.name",
    "container_name",
    "container.name",
    "_SYSTEMD_UNIT",
];
const LOGGER: &[&str] = &["log.logger"];
const PROCESS: &[&str] = &["process.pid"];
const TRACE_ID: &[&str] = &["trace.id"];
const SPAN_ID: &[&str] = &["span.id"];

/// Fills what the record's own fields leave open.
pub(super) fn fill<'a>(named: &Named<'a>, entry: &mut Entry<'a>) {
    if named.has_origin() {
        fill_text(named, &mut entry.hostname, HOSTNAME);
        fill_text(named, &mut entry.app, APP);
        fill_text(named, &mut entry.level, LEVEL);
        fill_text(named, &mut entry.logger_name, LOGGER);
        fill_text(named, &mut entry.trace_id, TRACE_ID);
        fill_text(named, &mut entry.span_id, SPAN_ID);
        entry.process = entry.process.or_else(|| first(named, PROCESS, integer_of));
    }
}

fn fill_text<'a>(named: &Named<'a>, own: &mut Option<Cow<'a, str>>, paths: &[&str]) {
    if own.is_none() {
        *own = first(named, paths, |value| text_of(value).filter(|text| !text.is_empty()));
    }
}

fn first<'a, T>(
    named: &Named<'a>,
    paths: &[&str],
    convert: impl Fn(&woodpile_record::Value<'a>) -> Option<T>,
) -> Option<T> {
    paths.iter().find_map(|path| convert(named.find(path)?.0))
}

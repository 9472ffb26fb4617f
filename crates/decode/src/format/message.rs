//! One message of syslog, and what its header makes of the record.

use super::header::Header;
use super::heroku::{LOSERS, Origin, drain_token};
use super::priority::Priority;
use super::structured_data::Element;
use std::borrow::Cow;
use woodpile_line::Context;
use woodpile_record::{Entry, Value};

const BYTES_AT_THE_END: &[u8] = b"\n\r\0";

/// A message: its header, and its text as it came.
#[derive(Debug, Clone)]
pub(crate) struct Message<'a> {
    pub(crate) header: Header<'a>,
    pub(crate) text: Cow<'a, [u8]>,
    kind: Kind,
}

/// Who writes such headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Heroku: the program is a process of the app, and the priority says nothing of the text.
    Heroku,
    /// Render: the host is the service, and the program, like the message's id, one of its instances
    /// (<https://render.com/docs/log-streams>).
    Render,
    /// Any other.
    Syslog,
}

impl Kind {
    fn of(header: &Header<'_>) -> Self {
        let app = header.app.unwrap_or_default();
        let is_drained = header.is_from_logplex() || drain_token(header).is_some();
        let is_shuttled = header.process.is_some_and(|process| LOSERS.contains(&process));
        if is_drained || is_shuttled || app.starts_with("t.") {
            Self::Heroku
        } else if header.host.is_some() && header.app.is_some() && header.id == header.app {
            Self::Render
        } else {
            Self::Syslog
        }
    }
}

impl<'a> Message<'a> {
    /// Reads a message, without what framed it. Total: bytes without a header are all text.
    pub(crate) fn read(message: &'a [u8], context: &Context<'_>) -> Self {
        let (header, start) = Header::read(valid_start(message), context);
        let text = message.get(start..).unwrap_or_default();
        Self { kind: Kind::of(&header), header, text: without_end(text).into() }
    }

    /// Heroku's words for where it came from.
    pub(crate) fn heroku(&self) -> Option<Origin<'a>> {
        (self.kind == Kind::Heroku).then(|| Origin::of(&self.header))
    }

    /// Says in the record what the header says. What the text said of the same goes to `extra`.
    pub(crate) fn fill(&self, entry: &mut Entry<'a>) {
        self.set_time(entry);
        match self.kind {
            Kind::Heroku => {}
            Kind::Render => {
                set(&mut entry.app, "app", self.header.host, &mut entry.extra);
                set(&mut entry.hostname, "hostname", self.header.app, &mut entry.extra);
                self.set_process(entry);
                self.set_level(entry);
            }
            Kind::Syslog => {
                set(&mut entry.app, "app", self.header.app, &mut entry.extra);
                set(&mut entry.hostname, "hostname", self.header.host, &mut entry.extra);
                self.set_process(entry);
                self.set_level(entry);
                self.set_rest(entry);
            }
        }
        let elements = self.header.data.elements.iter().cloned();
        entry.fields.extend(elements.map(Element::into_field));
        entry.tags.extend(self.header.data.tags.iter().cloned());
    }

    /// The header's time; a text of the same second that knows it more exactly keeps its own.
    fn set_time(&self, entry: &mut Entry<'_>) {
        let Some(time) = self.header.time else { return };
        let second = |millis: i64| millis.div_euclid(1_000);
        let is_whole = time.millis() % 1_000 == 0 && time.sub_millis() == 0;
        let is_finer =
            entry.time.is_some_and(|own| is_whole && second(own.millis()) == second(time.millis()));
        if !is_finer {
            entry.time = Some(time);
        }
    }

    fn set_process(&self, entry: &mut Entry<'a>) {
        match self.header.process.map(|process| (process, process.parse::<i64>())) {
            Some((_, Ok(number))) => {
                if let Some(own) = entry.process.replace(number).filter(|own| *own != number) {
                    entry.extra.push(("process".into(), Value::Int(own)));
                }
            }
            Some((name, Err(_))) => entry.fields.push(("procid".into(), name.into())),
            None => {}
        }
    }

    /// The severity, where the text has no level of its own.
    fn set_level(&self, entry: &mut Entry<'_>) {
        let unset = self.kind == Kind::Render;
        let priority = self.header.priority.filter(|priority| !(unset && priority.is_zero()));
        if entry.level.is_none() {
            let severity = priority.and_then(Priority::severity);
            entry.level = severity.map(|severity| severity.name().into());
        }
    }

    fn set_rest(&self, entry: &mut Entry<'a>) {
        if let Some(priority) = self.header.priority {
            entry.fields.push(("facility".into(), priority.facility().into()));
        }
        if let Some(id) = self.header.id {
            entry.fields.push(("msgid".into(), id.into()));
        }
    }
}

fn set<'a>(
    place: &mut Option<Cow<'a, str>>,
    name: &'static str,
    word: Option<&'a str>,
    extra: &mut Vec<(Cow<'a, str>, Value<'a>)>,
) {
    let Some(word) = word else { return };
    if let Some(own) = place.replace(word.into()).filter(|own| own != word) {
        extra.push((name.into(), own.into()));
    }
}

/// The front of the message that is UTF-8.
fn valid_start(message: &[u8]) -> &str {
    match std::str::from_utf8(message) {
        Ok(text) => text,
        Err(error) => {
            let valid = message.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(valid).unwrap_or_default()
        }
    }
}

fn without_end(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| !BYTES_AT_THE_END.contains(byte));
    text.get(..end.map_or(0, |at| at + 1)).unwrap_or_default()
}

//! Records, and rows of columns, as they are printed.

mod highlight;
mod rows;
mod text;

use crate::cli::OutputFormat;
use crate::style::{Painter, Style};
use jiff::Timestamp;
use woodpile_present::{Form, csv, json, logfmt};
use woodpile_record::{RawDocument, View};

pub(crate) use highlight::Highlight;
pub(crate) use rows::RowPrinter;

/// How records are printed.
#[derive(Debug, Clone)]
pub(crate) struct Printer {
    pub(crate) format: OutputFormat,
    pub(crate) painter: Painter,
    /// What is marked in messages, where colours are used.
    pub(crate) highlight: Highlight,
    /// Whether UTC was asked for: times for people say so.
    pub(crate) utc: bool,
    pub(crate) form: Form,
}

impl Printer {
    /// What stands before all records.
    pub(crate) fn header(&self) -> Option<&'static str> {
        (self.format == OutputFormat::Csv).then_some(csv::HEADER)
    }

    /// What stands between records that are not neighbours.
    pub(crate) fn separator(&self) -> &'static str {
        match self.format {
            OutputFormat::Text | OutputFormat::Raw => "--\n",
            OutputFormat::Json | OutputFormat::Logfmt | OutputFormat::Csv => "",
        }
    }

    /// Appends the record, with its line ends.
    pub(crate) fn print(&self, collection: &str, document: &RawDocument, out: &mut String) {
        match self.format {
            OutputFormat::Text => text::write(self, collection, document, out),
            OutputFormat::Json => json::write(&self.form, collection, document, out),
            OutputFormat::Logfmt => logfmt::write(&self.form, collection, document, out),
            OutputFormat::Csv => csv::write(&self.form, collection, document, out),
            OutputFormat::Raw => self.raw(document, out),
        }
    }

    fn raw(&self, document: &RawDocument, out: &mut String) {
        let message = View::of(document).message().unwrap_or_default();
        for line in message.split('\n') {
            self.marked(line, out);
            out.push('\n');
        }
    }

    /// Appends text from a log.
    fn text(&self, text: &str, out: &mut String) {
        out.push_str(&self.form.shown(text));
    }

    /// Appends text from a log with what was looked for marked in it.
    fn marked(&self, text: &str, out: &mut String) {
        if !self.painter.color {
            return self.text(text, out);
        }
        let mut end = 0;
        for span in self.highlight.spans(text) {
            self.text(text.get(end..span.start).unwrap_or_default(), out);
            let found = self.form.shown(text.get(span.clone()).unwrap_or_default());
            self.painter.paint(Style::Match, &found, out);
            end = span.end;
        }
        self.text(text.get(end..).unwrap_or_default(), out);
    }

    /// The time for people.
    pub(crate) fn local(&self, millis: i64) -> String {
        let Ok(time) = Timestamp::from_millisecond(millis) else { return millis.to_string() };
        let zoned = time.to_zoned(self.form.zone.clone());
        let mark = if self.utc { "Z" } else { "" };
        zoned.strftime(&format!("%Y-%m-%d %H:%M:%S%.3f{mark}")).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;
    use jiff::tz::TimeZone;
    use woodpile_present::escape::is_control;
    use woodpile_record::{Entry, EventTime, Exception, IdSource, Value};

    /// Sets a title, erases the screen by C1, turns the reading direction, breaks the line.
    const PAYLOAD: &str = "a\u{1b}]0;title\u{7}\u{9b}2J\u{202e}\u{2028}\u{7f}z";

    fn printed(format: OutputFormat, terminal: bool) -> String {
        let entry = Entry {
            level: Some(PAYLOAD.into()),
            message: PAYLOAD.into(),
            logger_name: Some(PAYLOAD.into()),
            exception: Some(Exception {
                kind: Some(PAYLOAD.into()),
                message: PAYLOAD.into(),
                code: 0,
                stack_trace: Some(format!("{PAYLOAD}\n  {PAYLOAD}").into()),
            }),
            fields: vec![(PAYLOAD.into(), Value::from(PAYLOAD))],
            ..Entry::default()
        };
        let record = entry.encode(IdSource::new([1; 5]).next(1), EventTime::from_millis(1));
        let uncoloured = Painter { color: false };
        let printer = Printer {
            format,
            painter: uncoloured,
            highlight: Highlight::default(),
            utc: true,
            form: Form { terminal, zone: TimeZone::UTC },
        };
        let mut out = String::new();
        printer.print(PAYLOAD, record.as_document(), &mut out);
        out
    }

    #[test]
    fn no_format_lets_control_characters_into_a_terminal() {
        for format in OutputFormat::value_variants() {
            let shown = printed(*format, true);
            let left: Vec<_> = shown.chars().filter(|c| is_control(*c)).collect();
            let ends = left.iter().all(|c| matches!(c, '\n' | '\r'));
            assert!(ends, "{format:?}: {left:?} in {shown:?}");
        }
    }

    #[test]
    fn programs_get_what_was_logged() {
        assert_eq!(printed(OutputFormat::Raw, false), format!("{PAYLOAD}\n"));
        assert!(printed(OutputFormat::Text, false).contains(PAYLOAD));
    }
}

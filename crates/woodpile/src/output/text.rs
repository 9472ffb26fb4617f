use super::Printer;
use crate::style::Style;
use woodpile_present::{exception_line, logfmt};
use woodpile_record::{RawBsonRef, RawDocument, View, find, is_standard};

/// What stands before the second and further lines of a record.
const INDENT: &str = "    ";
/// The width of the levels that are usual.
const LEVEL_WIDTH: usize = 5;

/// The most lines of a trace that are printed whole: what is longer is cut in its middle. A trace says where it
/// happened at its beginning or its end, as the language has it.
const MAX_TRACE_LINES: usize = 48;

/// `time level source message`, the app's own fields behind it, further lines and the trace below.
pub(super) fn write(printer: &Printer, collection: &str, document: &RawDocument, out: &mut String) {
    let view = View::of(document);
    printer.painter.paint(Style::Dim, &printer.local(view.time()), out);
    out.push(' ');
    let level = view.level().unwrap_or("-");
    printer.painter.paint(Style::of(view.severity()), &clean(printer, level), out);
    out.extend(std::iter::repeat_n(' ', LEVEL_WIDTH.saturating_sub(level.chars().count()) + 1));
    printer.painter.paint(Style::Cyan, &clean(printer, &source(collection, document)), out);
    out.push(' ');
    let message = view.message().unwrap_or_default();
    let mut lines = message.trim_end_matches(['\r', '\n']).split('\n');
    printer.marked(lines.next().unwrap_or_default().trim_end_matches('\r'), out);
    own_fields(printer, document, out);
    out.push('\n');
    below(printer, lines, out);
    exception(printer, view, message, out);
}

/// Where the record comes from, in a word: the logger or else the collection, behind the process where known.
fn source(collection: &str, document: &RawDocument) -> String {
    // `start` names each process by a tag.
    let process =
        ["heroku.process", "tags"].into_iter().find_map(|path| first_text(document, path));
    let part = View::of(document).logger_name().unwrap_or(collection);
    match process {
        Some(process) => format!("{process}/{part}"),
        None => part.to_owned(),
    }
}

fn first_text<'a>(document: &'a RawDocument, path: &str) -> Option<&'a str> {
    match find(document, path)? {
        RawBsonRef::Array(values) => values.into_iter().next()?.ok()?.as_str(),
        value => value.as_str(),
    }
}

fn own_fields(printer: &Printer, document: &RawDocument, out: &mut String) {
    let mut line = String::new();
    let own = document.into_iter().filter_map(Result::ok);
    for (key, value) in own.filter(|(key, _)| !is_standard(key.as_str())) {
        line.push(' ');
        logfmt::pair(key.as_str(), &printer.form.plain(value), &mut line);
    }
    printer.painter.paint(Style::Dim, &line, out);
}

fn exception(printer: &Printer, view: View<'_>, message: &str, out: &mut String) {
    let trace = view.stack_trace();
    if let Some(trace) = &trace
        && !message.contains(trace.trim())
    {
        cut_below(printer, trace.trim_end(), out);
    } else if let Some(line) = exception_line(view.document()).filter(|_| trace.is_none())
        && !message.contains(&line)
    {
        below(printer, std::iter::once(line.as_str()), out);
    }
}

fn cut_below(printer: &Printer, trace: &str, out: &mut String) {
    let lines: Vec<_> = trace.split('\n').collect();
    if lines.len() <= MAX_TRACE_LINES {
        return below(printer, lines.into_iter(), out);
    }
    let (head, rest) = lines.split_at(MAX_TRACE_LINES / 2);
    let (middle, tail) = rest.split_at(rest.len() - MAX_TRACE_LINES / 2);
    below(printer, head.iter().copied(), out);
    let left_out = format!("… {} more lines, which -o json shows …", middle.len());
    out.push_str(INDENT);
    printer.painter.paint(Style::Dim, &left_out, out);
    out.push('\n');
    below(printer, tail.iter().copied(), out);
}

fn below<'a>(printer: &Printer, lines: impl Iterator<Item = &'a str>, out: &mut String) {
    for line in lines {
        out.push_str(INDENT);
        printer.marked(line.trim_end_matches('\r'), out);
        out.push('\n');
    }
}

fn clean(printer: &Printer, text: &str) -> String {
    // A line break in a level or a name would tear the line apart.
    printer.form.shown(text).replace(['\n', '\r'], " ")
}

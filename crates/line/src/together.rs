use crate::formats::transport;
use crate::held::Held;
use crate::lines::Incoming;
use crate::{Context, Route, own};
use woodpile_record::Entry;

/// Reads a text that is one record, however many lines it has: an error and its stack trace, or a text of several
/// paragraphs. Unlike a [`Joiner`](crate::Joiner), which finds out what belongs together, this takes every line.
pub fn parse_together(text: &[u8], context: &Context<'_>) -> (Route, Entry<'static>) {
    let mut lines = text.split(|byte| *byte == b'\n').map(without_return);
    let first = lines.next().unwrap_or_default();
    let decoded = String::from_utf8_lossy(first);
    let (sender, body) = transport::split(&decoded).unwrap_or(("", &decoded));
    let mut held =
        Held::new(Incoming { number: 0, text: &decoded, bytes: first, sender, body }, None);
    for line in lines {
        let text = &String::from_utf8_lossy(line);
        held.take(Incoming { number: 0, text, bytes: line, sender, body: text }, context);
    }
    let mut read = (Route::Application, Entry::default());
    held.emit(context, &mut |joined| read = (joined.route, own::entry(joined.entry)));
    read
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

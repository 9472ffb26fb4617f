//! Elasticsearch's bulk requests, as shippers send them: a line that says what to do, and for most a line with the
//! document (<https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk>).

mod action;
mod index;

use crate::lines::{Lines, text, without_mark};
use crate::place::{self, Start};
use crate::stable_hash;
use crate::{Body, Decoded, Each, Rejected, check_name};
use action::Action;
pub use action::Kind;
use std::borrow::Cow;
use woodpile_line::{Context, Line, Names, Scratch, keep_bytes, parse_object};
use woodpile_record::{EventTime, ObjectId};

/// What the request says beside its body.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'o> {
    /// The index in the path, for actions that name none.
    pub index: Option<&'o str>,
    /// Whether records go to the collection of their index's name; else the source's settings say where they go.
    pub index_is_collection: bool,
}

/// One action, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What was to be done.
    pub kind: Kind,
    /// Where, as the sender names it.
    pub index: String,
    /// The document's id, if the sender gave it one.
    pub id: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its record was handed out.
    Taken,
    /// Records are never changed: no document of that id is there to update or delete.
    NoSuchDocument,
    /// The name of the index is none that a collection can have.
    InvalidIndex(String),
    /// Its document cannot be read.
    Unreadable(Rejected),
}

/// Hands out the documents to add, and says of each action what became of it.
///
/// # Errors
/// Says which line is no action. The actions before it are as good as not sent: nothing behind an unknown action can be
/// told apart.
pub fn decode(
    body: &[u8],
    context: &Context<'_>,
    options: Options<'_>,
    each: &mut Each<'_>,
) -> Result<Vec<Item>, Rejected> {
    let body = without_mark(body);
    check_actions(body)?;
    let mut desk = Desk { context, options, scratch: Scratch::new() };
    let mut items = Vec::new();
    let mut lines = Lines::of(body);
    while let Some((_, line)) = lines.next() {
        let (text, _) = text(line);
        // It was checked above.
        let Ok(action) = Action::read(&text) else { break };
        let document = if action.kind.has_document() { lines.next() } else { None };
        items.push(desk.take(&action, document, each));
    }
    Ok(items)
}

/// Reads all actions before anything is handed out.
fn check_actions(body: &[u8]) -> Result<(), Rejected> {
    let mut lines = Lines::of(body);
    while let Some((number, line)) = lines.next() {
        let start = Start::of_line(number);
        let (text, _) = text(line);
        let action = Action::read(&text).map_err(|error| start.within(error))?;
        if action.kind.has_document() && lines.next().is_none() {
            let reason = format!("the document of this `{}` is missing", action.kind.name());
            return Err(start.within(Rejected { line: 1, column: None, reason }));
        }
    }
    Ok(())
}

struct Desk<'d> {
    context: &'d Context<'d>,
    options: Options<'d>,
    scratch: Scratch,
}

impl Desk<'_> {
    fn take(
        &mut self,
        action: &Action<'_>,
        document: Option<(u64, &[u8])>,
        each: &mut Each<'_>,
    ) -> Item {
        let index = action.index.as_deref().or(self.options.index).unwrap_or_default();
        let outcome = match (action.kind.adds(), document) {
            (true, Some((number, line))) => self.add(action, index, (number, line), each),
            _ => Outcome::NoSuchDocument,
        };
        self.scratch.clear();
        Item {
            kind: action.kind,
            index: index.to_owned(),
            id: action.id.as_deref().map(str::to_owned),
            outcome,
        }
    }

    fn add(
        &self,
        action: &Action<'_>,
        index: &str,
        (number, line): (u64, &[u8]),
        each: &mut Each<'_>,
    ) -> Outcome {
        let collection = index::without_date(index);
        if self.options.index_is_collection
            && let Err(error) = check_name(collection)
        {
            let reason = error.to_string();
            each(Err(Rejected { line: number, column: None, reason: reason.clone() }));
            return Outcome::InvalidIndex(reason);
        }
        let (text, bytes) = text(line);
        match parse_object(&text, Names::default(), &self.scratch, self.context) {
            Ok(Line { route, mut entry, .. }) => {
                let id = entry.time.zip(action.id.as_deref());
                let id = id.map(|(time, id)| object_id(time, index, id));
                if let Some(bytes) = bytes {
                    keep_bytes(&mut entry, bytes);
                }
                let own = self.options.index_is_collection.then_some(Cow::Borrowed(collection));
                each(Ok(Decoded { collection: own, body: Body::Entry { entry, route, id } }));
                Outcome::Taken
            }
            Err(error) => {
                let error = Start::of_line(number).within(place::of(&text, &error));
                each(Err(error.clone()));
                Outcome::Unreadable(error)
            }
        }
    }
}

/// The `_id` of a document that the sender gave an id: the same however often it is sent, so that a retry changes
/// nothing. Only a document with a time has one, for else the time would differ.
fn object_id(time: EventTime, index: &str, id: &str) -> ObjectId {
    let hash = stable_hash(&[index.as_bytes(), id.as_bytes()]).to_be_bytes();
    let [process @ .., x, y, z] = hash;
    ObjectId::from_parts(time.seconds_u32(), process, [x, y, z])
}

//! Heroku's HTTPS drains: `application/logplex-1`
//! (<https://devcenter.heroku.com/articles/log-drains#https-drains>).
//!
//! The body is a frame: messages, each with its length before it. What its records become, `_id`s and all, follows
//! from the frame alone, so that a frame that Heroku sends again changes nothing, whoever took it first.

use super::heroku::{Loss, loss};
use super::message::Message;
use crate::framing::{self, Frames};
use crate::limits::MAX_MESSAGE_BYTES;
use crate::{Body, Decoded, Each, Rejected, stable_hash};
use woodpile_line::{Context, Joined, Joiner, set_heroku_code};
use woodpile_record::{Entry, EventTime, ObjectId};

/// How long the parts are, but for the last, that Heroku cuts a long line into.
const PART_BYTES: usize = 10_000;
/// The most lines in a frame of which the next part is waited for.
const MAX_OPEN_LINES: usize = 16;

/// What the request says of the frame.
#[derive(Debug, Clone, Copy, Default)]
pub struct Delivery<'d> {
    /// `Logplex-Drain-Token`.
    pub drain: Option<&'d str>,
    /// `Logplex-Frame-Id`: the same when the frame is sent again. Private Spaces send none; then records have no
    /// `_id` of their own.
    pub frame: Option<&'d str>,
    /// `Logplex-Msg-Count`.
    pub expected: Option<u64>,
}

/// What a frame held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many messages.
    pub messages: u64,
    /// How many there should have been, where the request said another number.
    pub expected: Option<u64>,
    /// What Heroku says was lost before.
    pub losses: Vec<Loss>,
}

/// Reads a frame.
///
/// # Errors
/// The body holds bytes, but not one message of syslog.
pub fn decode(
    body: &[u8],
    delivery: &Delivery<'_>,
    context: &Context<'_>,
    each: &mut Each<'_>,
) -> Result<Summary, Rejected> {
    let frame = Frame::read(body, context);
    if frame.messages.iter().all(|message| message.header.priority.is_none()) && !body.is_empty() {
        return Err(not_logplex());
    }
    let mut summary = Summary { messages: frame.count, ..Summary::default() };
    summary.expected = delivery.expected.filter(|expected| *expected != frame.count);
    let context = Context { now: frame.now(context), ..*context };
    for message in &frame.messages {
        summary.losses.extend(loss_of(message, &context));
    }
    let ids = delivery.frame.map(|frame| FrameIds::new(delivery.drain, frame));
    frame.records(&context, &mut |message, Joined { first, route, mut entry }| {
        set_origin(message, delivery.drain, &mut entry);
        let time = *entry.time.get_or_insert(context.now);
        let id = ids.map(|ids| ids.id(time, first));
        each(Ok(Decoded { collection: None, body: Body::Entry { entry, route, id } }));
    });
    Ok(summary)
}

fn not_logplex() -> Rejected {
    let reason = "expected `LENGTH <PRIORITY>1 TIME HOST APP PROCESS ID TEXT`, as a drain of Heroku sends it \
                  (application/logplex-1); records in JSON go to /api/records";
    Rejected { line: 1, column: Some(1), reason: reason.to_owned() }
}

fn loss_of(message: &Message<'_>, context: &Context<'_>) -> Option<Loss> {
    let is_platform = message.heroku()?.is_platform();
    is_platform.then(|| loss(&String::from_utf8_lossy(&message.text), context))?
}

/// The messages of a frame, in their order, with lines that Heroku cut put together.
#[derive(Default)]
struct Frame<'b> {
    messages: Vec<Message<'b>>,
    /// How many there were when they came.
    count: u64,
    /// Which messages are lines of which more may come.
    open: Vec<usize>,
    last_time: Option<EventTime>,
}

impl<'b> Frame<'b> {
    fn read(body: &'b [u8], context: &Context<'_>) -> Self {
        let mut places = Vec::new();
        let mut frames = Frames::of_syslog();
        let mut note = |found: framing::Frame<'_>| places.push((found.start, found.bytes.len()));
        frames.push(body, &mut note);
        frames.finish(&mut note);
        let mut frame = Self::default();
        for (start, length) in places {
            let rest = usize::try_from(start).ok().and_then(|start| body.get(start..));
            let bytes = rest.and_then(|rest| rest.get(..length)).unwrap_or_default();
            frame.take(Message::read(bytes, context));
        }
        frame
    }

    fn take(&mut self, mut message: Message<'b>) {
        self.count += 1;
        let own = message.header.time.filter(|_| message.header.is_dated);
        message.header.time = own.or(self.last_time);
        self.last_time = message.header.time;
        if !self.complete(&message) {
            if is_part(&message.text) {
                self.open(self.messages.len());
            }
            self.messages.push(message);
        }
    }

    /// Adds the message to the line that it is the next part of.
    fn complete(&mut self, message: &Message<'b>) -> bool {
        let is_of_sender = |at: &usize| {
            self.messages.get(*at).is_some_and(|m| m.header.sender == message.header.sender)
        };
        let Some(place) = self.open.iter().position(is_of_sender) else { return false };
        let Some(line) = self.messages.get_mut(self.open[place]) else { return false };
        line.text.to_mut().extend_from_slice(&message.text);
        if !is_part(&message.text) || line.text.len() >= MAX_MESSAGE_BYTES {
            self.open.remove(place);
        }
        true
    }

    fn open(&mut self, message: usize) {
        if self.open.len() >= MAX_OPEN_LINES {
            self.open.remove(0);
        }
        self.open.push(message);
    }

    /// When the frame was sent, as far as it says; so that nothing in it depends on when it arrives.
    fn now(&self, context: &Context<'_>) -> EventTime {
        self.messages.iter().filter_map(|message| message.header.time).max().unwrap_or(context.now)
    }

    fn records(&self, context: &Context<'_>, emit: &mut dyn FnMut(&Message<'b>, Joined<'_>)) {
        let mut joiner = Joiner::new(None);
        let mut of_message = |joined: Joined<'_>| {
            let first = usize::try_from(joined.first).ok();
            if let Some(message) = first.and_then(|first| self.messages.get(first)) {
                emit(message, joined);
            }
        };
        for message in &self.messages {
            joiner.push_from(message.header.sender, &message.text, context, &mut of_message);
        }
        joiner.finish(context, &mut of_message);
    }
}

/// Says in the record what its first message's header says.
fn set_origin<'a>(message: &'a Message<'a>, drain: Option<&'a str>, entry: &mut Entry<'a>) {
    message.fill(entry);
    let Some(origin) = message.heroku() else { return };
    origin.fill(drain, entry);
    if origin.is_platform()
        && let Ok(text) = std::str::from_utf8(&message.text)
    {
        set_heroku_code(text, entry);
    }
}

/// Whether a text is as long as the parts are that Heroku cuts a line into.
fn is_part(text: &[u8]) -> bool {
    text.len() == PART_BYTES
}

/// Gives the records of a frame the `_id`s that follow from the drain, the frame and the place in it.
#[derive(Debug, Clone, Copy)]
struct FrameIds {
    origin: [u8; 5],
    start: u32,
}

impl FrameIds {
    /// Room for the counter of a frame to grow in, without a wrap that would spoil the order.
    const STARTS: u32 = 0x7f_ffff;

    fn new(drain: Option<&str>, frame: &str) -> Self {
        let hash = stable_hash(&[drain.unwrap_or_default().as_bytes(), frame.as_bytes()]);
        let [origin @ .., high, middle, low] = hash.to_be_bytes();
        Self { origin, start: u32::from_be_bytes([0, high, middle, low]) & Self::STARTS }
    }

    fn id(self, time: EventTime, index: u64) -> ObjectId {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let [_, counter @ ..] = self.start.wrapping_add(index).to_be_bytes();
        ObjectId::from_parts(time.seconds_u32(), self.origin, counter)
    }
}

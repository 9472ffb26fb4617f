//! Syslog, one message at a time: RFC 5424 and RFC 3164, as rsyslog, syslog-ng, routers, Docker, Heroku's syslog
//! drains, Render and Loggly's senders write them.

use super::heroku::{Loss, loss};
use super::message::Message;
use super::structured_data::LOGGLY;
use crate::Decoded;
use std::borrow::Cow;
use woodpile_line::{Context, keep_bytes, parse, set_heroku_code};

/// What a message says to its receiver rather than to its readers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The token in the structured data (`[TOKEN@41058 tag="…"]`, as Loggly has it), which no record keeps.
    pub token: Option<&'a str>,
    /// The token of the drain of Heroku that the message came through.
    pub drain: Option<&'a str>,
    /// Messages that Heroku says were lost.
    pub loss: Option<Loss>,
}

/// The token that a message shows, as [`Envelope::token`] has it; cheap where it shows none.
pub fn token<'a>(message: &'a [u8], context: &Context<'_>) -> Option<&'a str> {
    memchr::memmem::find(message, LOGGLY.as_bytes())?;
    Message::read(message, context).header.data.token
}

/// Reads one message, without its framing. Total: what has no header is a text; one without text or fields is
/// no record.
pub fn decode(
    message: &[u8],
    context: &Context<'_>,
    each: &mut dyn FnMut(&Envelope<'_>, Decoded<'_>),
) {
    let message = Message::read(message, context);
    let text = String::from_utf8_lossy(&message.text);
    if text.trim_ascii().is_empty() && message.header.data.elements.is_empty() {
        return;
    }
    let mut line = parse(&text, None, context);
    let heroku = message.heroku();
    message.fill(&mut line.entry);
    let mut envelope = Envelope { token: message.header.data.token, ..Envelope::default() };
    if let Some(origin) = heroku {
        origin.fill(None, &mut line.entry);
        envelope.drain = origin.drain();
        if origin.is_platform() {
            set_heroku_code(&text, &mut line.entry);
            envelope.loss = loss(&text, context);
        }
    }
    if let Cow::Owned(_) = text {
        keep_bytes(&mut line.entry, &message.text);
    }
    each(&envelope, Decoded::entry(line.entry, line.route));
}

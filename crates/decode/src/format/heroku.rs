//! What Heroku says of where a message came from, and of messages that were lost on the way.

use super::header::Header;
use woodpile_line::{Context, heroku_code, whole_time};
use woodpile_record::{Entry, EventTime};

/// The platform, as opposed to the app.
const PLATFORM: &str = "heroku";
/// Where an app writes when it logs with a token of its own instead of through its dynos.
const APP: &str = "app";
/// Who says that messages were lost.
pub(crate) const LOSERS: [&str; 2] = ["logplex", "log-shuttle"];
/// The codes of messages that were lost (<https://devcenter.heroku.com/articles/error-codes>).
const LOSSES: [&str; 5] = ["L10", "L11", "L12", "L13", "L15"];

/// Where a message came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin<'a> {
    /// `app` or `heroku`.
    source: &'a str,
    /// Such as `web.1` or `router`.
    process: Option<&'a str>,
    /// The drain, where the message itself names it.
    drain: Option<&'a str>,
}

impl<'a> Origin<'a> {
    pub(crate) fn of(header: &Header<'a>) -> Self {
        let source = match header.app {
            _ if header.process.is_some_and(|process| LOSERS.contains(&process)) => PLATFORM,
            // A log's own token (`t.…`) is a secret, and stands where the name is.
            Some(app) if !app.starts_with("t.") => app,
            _ => APP,
        };
        Self { source, process: header.process, drain: drain_token(header) }
    }

    /// The drain's token, as the message has it.
    pub(crate) fn drain(self) -> Option<&'a str> {
        self.drain
    }

    /// Says in the record where it came from; `drain` is what the request says.
    pub(crate) fn fill(self, drain: Option<&'a str>, entry: &mut Entry<'a>) {
        let heroku = entry.heroku.get_or_insert_default();
        heroku.source = Some(self.source.into());
        heroku.process = self.process.map(Into::into);
        heroku.drain = drain.or(self.drain).map(Into::into);
    }

    /// Whether Heroku itself wrote the message.
    pub(crate) fn is_platform(self) -> bool {
        self.source == PLATFORM
    }
}

/// The drain's token (`d.…`): syslog drains have it for a host, old ones of HTTPS for an id.
pub(crate) fn drain_token<'a>(header: &Header<'a>) -> Option<&'a str> {
    [header.host, header.id].into_iter().flatten().find(|word| word.starts_with("d."))
}

/// Messages that never came: `Error L10 (output buffer overflow): 500 messages dropped since …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The code, such as `L10`.
    pub code: String,
    /// How many messages were lost, where that is said; else 0.
    pub messages: u64,
    /// Since when.
    pub since: Option<EventTime>,
}

/// Reads what Heroku's log router says of a loss.
pub(crate) fn loss(text: &str, context: &Context<'_>) -> Option<Loss> {
    let code = heroku_code(text).filter(|code| LOSSES.contains(code))?;
    let words = || text.split([' ', ':']).skip(2);
    let messages = words().find_map(|word| word.parse().ok()).unwrap_or(0);
    let since = text.split_once("since ").map(|(_, time)| time.trim_end_matches(['.', ' ']));
    let since = since.and_then(|time| whole_time(time, context));
    Some(Loss { code: code.to_owned(), messages, since })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn losses_are_counted() {
        let context = Context { now: EventTime::from_millis(0), zone: &TimeZone::UTC };
        let since = Some(EventTime::from_millis(1_366_225_486_000));
        for (text, code, messages, since) in [
            (
                "Error L10 (output buffer overflow): 500 messages dropped since 2013-04-17T19:04:46+00:00.",
                "L10",
                500,
                since,
            ),
            (
                "Error L11 (Tail buffer overflow) -> This tail session dropped 1101 messages since 2013-04-17T19:04:46+00:00.",
                "L11",
                1101,
                since,
            ),
            (
                "Error L12: 222 messages dropped since 2013-04-17T19:04:46.000000+00:00",
                "L12",
                222,
                since,
            ),
            ("Error L13: 7 messages lost since yesterday", "L13", 7, None),
            ("Error L15 (Tail buffer temporarily unavailable)", "L15", 0, None),
        ] {
            let expected = Loss { code: code.to_owned(), messages, since };
            assert_eq!(loss(text, &context), Some(expected), "{text}");
        }
        for text in [
            "Error L14 (certificate validation): x",
            "Error R14 (Memory quota exceeded)",
            "500 messages",
        ] {
            assert_eq!(loss(text, &context), None, "{text}");
        }
    }
}

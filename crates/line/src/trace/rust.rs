//! Rust: panics with their backtrace, and errors as `anyhow` prints them.

use super::{is_blank, is_indented};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// After `thread 'main' panicked at src/main.rs:2:5:`: the message comes next.
    Panicked,
    /// In the message.
    Message,
    /// Among the frames.
    Frames,
    /// After the note that ends it.
    Done,
    /// Among the causes that `anyhow` lists.
    Causes,
}

pub(super) fn begins(line: &str) -> Option<State> {
    let rest = line.strip_prefix("thread '")?;
    let (_, place) = rest.split_once(" panicked at ")?;
    Some(if place.ends_with(':') { State::Panicked } else { State::Message })
}

/// `anyhow`: `Error: text`, a blank line, `Caused by:`.
pub(super) fn follows(before: &str, line: &str) -> Option<State> {
    if line == "stack backtrace:" || line == "Stack backtrace:" {
        return Some(State::Frames);
    }
    (line == "Caused by:" && before.contains("Error")).then_some(State::Causes)
}

pub(super) fn next(state: State, line: &str) -> Option<State> {
    if line.starts_with("stack backtrace:") || line.starts_with("Stack backtrace:") {
        return Some(State::Frames);
    }
    if line.starts_with("note: ") {
        return Some(State::Done);
    }
    match state {
        State::Panicked => Some(State::Message),
        State::Message | State::Frames | State::Causes if is_indented(line) => Some(state),
        State::Causes | State::Frames if is_blank(line) => Some(state),
        _ => None,
    }
}

pub(super) fn error(text: &str) -> (Option<&str>, &str) {
    let Some((_, place)) = text.split_once(" panicked at ") else {
        let first = text.lines().next().unwrap_or_default();
        return (None, first.strip_prefix("Error: ").unwrap_or(first));
    };
    // Before Rust 1.73 the message was quoted and came first: 'boom', src/main.rs:2:5
    if let Some(old) = place.strip_prefix('\'') {
        let end = old.find("', ").unwrap_or(old.len());
        return (Some("panic"), old.get(..end).unwrap_or(old));
    }
    let message = place.split_once('\n').map_or("", |(_, message)| message);
    (Some("panic"), without_backtrace(message))
}

/// The place and the message.
pub(super) fn without_backtrace(text: &str) -> &str {
    const MARKS: [&str; 3] = ["\nnote: ", "\nstack backtrace:", "\nStack backtrace:"];
    let end = MARKS.iter().filter_map(|mark| text.find(mark)).min();
    text.get(..end.unwrap_or(text.len())).unwrap_or(text).trim_end()
}

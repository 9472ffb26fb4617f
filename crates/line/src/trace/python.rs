//! Python (<https://docs.python.org/3/library/traceback.html>).

use super::{exception_line, is_blank, is_indented, last_line};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Among the indented lines.
    Frames,
    /// After `ValueError: x`.
    Error,
    /// And after a blank line behind it.
    Gap,
    /// After `During handling of the above exception, another exception occurred:`.
    Chain,
}

const CHAINS: [&str; 2] = ["During handling of the above exception", "The above exception was the"];
/// What `SQLAlchemy` appends, each on a line of its own.
const NOTES: [&str; 3] = ["(Background on this error", "[SQL: ", "[parameters: "];

pub(super) fn begins(line: &str) -> Option<State> {
    let text = line.trim_start_matches([' ', '\t', '+', '|']);
    let begins = text.starts_with("Traceback (most recent call last)")
        || text.starts_with("Exception Group Traceback (most recent call last)");
    begins.then_some(State::Frames)
}

pub(super) fn next(state: State, line: &str) -> Option<State> {
    match state {
        State::Frames => frames(line),
        State::Gap if is_indented(line) => None,
        State::Error | State::Gap => error_continues(line),
        State::Chain if is_blank(line) => Some(State::Chain),
        State::Chain => begins(line),
    }
}

fn frames(line: &str) -> Option<State> {
    if is_indented(line) || is_blank(line) {
        return Some(State::Frames);
    }
    exception_line(line).map(|_| State::Error)
}

fn error_continues(line: &str) -> Option<State> {
    if is_blank(line) {
        Some(State::Gap)
    } else if CHAINS.iter().any(|chain| line.starts_with(chain)) {
        Some(State::Chain)
    } else if begins(line).is_some() {
        None
    } else if is_indented(line) || NOTES.iter().any(|note| line.starts_with(note)) {
        Some(State::Error)
    } else {
        None
    }
}

/// The error that nobody caught: the last one, or the outermost of a group.
pub(super) fn error(text: &str) -> (Option<&str>, &str) {
    match error_at(text).and_then(exception_line) {
        Some((kind, message)) => (Some(kind), message),
        None => (None, last_line(text)),
    }
}

/// The line that names it.
pub(super) fn error_at(text: &str) -> Option<&str> {
    let mut state = None;
    let mut found = None;
    let mut group = None;
    for line in text.lines() {
        let was = state;
        state = begins(line).or_else(|| next(was?, line));
        if was == Some(State::Frames) && state == Some(State::Error) {
            found = Some(line);
        }
        let member = line.trim_start().strip_prefix("| ");
        group = group.or_else(|| member.filter(|member| exception_line(member).is_some()));
    }
    found.or(group)
}

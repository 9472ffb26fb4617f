//! Java, JavaScript and .NET: the error on a line of its own, then frames that begin with `at`.

use super::names::{error_in, error_line};
use super::{is_blank, is_indented};

/// What Java's last words begin with.
const IN_THREAD: &str = "Exception in thread \"";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Node's `/app/server.js:12`: the line of source comes next.
    Location,
    /// Then a caret, a blank line and the error.
    Source,
    /// After the error.
    Error,
    /// Among the frames.
    Frames,
    /// The properties that Node prints between braces behind the last frame.
    Properties,
    /// After a blank line behind the frames.
    Gap,
}

pub(super) fn begins(line: &str) -> Option<State> {
    if line.starts_with(IN_THREAD) {
        return Some(State::Error);
    }
    is_node_location(line).then_some(State::Location)
}

pub(super) fn follows(line: &str) -> Option<State> {
    is_frame(line).then(|| frame(line))
}

/// `/app/server.js:12`, `node:internal/modules/cjs/loader:1080`.
fn is_node_location(line: &str) -> bool {
    let Some((path, number)) = line.rsplit_once(':') else { return false };
    let rooted =
        path.starts_with(['/', '.']) || path.starts_with("file:") || path.starts_with("node:");
    let script = [".js", ".mjs", ".cjs", ".ts"].iter().any(|ending| path.ends_with(ending));
    rooted
        && (script || path.starts_with("node:"))
        && !path.contains(' ')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_frame(line: &str) -> bool {
    let text = line.trim_start();
    // tracing's pretty form says `at src/main.rs:12` of any event.
    is_indented(line)
        && (text.starts_with("... ") || text.starts_with("at ") && !text.contains(".rs:"))
}

/// After a frame; Node opens the brace of the error's properties behind the last one.
fn frame(line: &str) -> State {
    if line.ends_with(" {") { State::Properties } else { State::Frames }
}

pub(super) fn next(state: State, line: &str) -> Option<State> {
    match state {
        State::Location => Some(State::Source),
        State::Source if is_blank(line) || is_indented(line) => Some(State::Source),
        State::Source => error_line(line).or_else(|| uncaught(line)).map(|_| State::Error),
        State::Properties if line.starts_with('}') => Some(State::Frames),
        State::Properties => Some(State::Properties),
        State::Gap => line.starts_with("Node.js v").then_some(State::Gap),
        State::Error | State::Frames => after_error(line),
    }
}

fn uncaught(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("Uncaught ").map(|rest| ("Uncaught", rest))
}

fn after_error(line: &str) -> Option<State> {
    const CAUSES: [&str; 4] = ["Caused by: ", "Suppressed: ", "--- End of ", "---> "];
    let text = line.trim_start();
    if is_frame(line) {
        Some(frame(line))
    } else if CAUSES.iter().any(|cause| text.starts_with(cause)) {
        Some(State::Frames)
    } else if is_blank(line) {
        Some(State::Gap)
    } else {
        None
    }
}

pub(super) fn error(text: &str) -> (Option<&str>, &str) {
    let line = error_at(text);
    let line = match line.strip_prefix(IN_THREAD).and_then(|rest| rest.split_once("\" ")) {
        Some((_, error)) => error,
        None => line,
    };
    let named = error_line(line).map(|(kind, message)| (Some(kind), message));
    named.unwrap_or_else(|| error_in(line))
}

/// The error is on the line before the first frame.
pub(super) fn error_at(text: &str) -> &str {
    let lines = text.lines().take_while(|line| !is_frame(line));
    lines.filter(|line| !is_blank(line)).last().unwrap_or_default()
}

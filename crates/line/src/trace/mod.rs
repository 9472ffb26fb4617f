//! Stack traces: which lines belong to one, and what error it is of.
//!
//! One file for each language: a small machine that takes line after line as long as they belong together.

mod frames;
mod go;
mod names;
mod php;
mod python;
mod ruby;
mod rust;

use names::exception_line;

use woodpile_record::Exception;

/// A trace of which the last line may be yet to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trace {
    /// `Traceback (most recent call last):`.
    Python(python::State),
    /// Java, JavaScript and .NET: lines that begin with `at`.
    Frames(frames::State),
    /// `thread 'main' panicked at`, and what `anyhow` prints.
    Rust(rust::State),
    /// `from app.rb:3:in 'index'`.
    Ruby,
    /// `goroutine 1 [running]:`.
    Go,
    /// `#0 /app/index.php(7): add()`.
    Php,
}

impl Trace {
    /// The trace that this line begins, whatever is before it.
    pub(crate) fn begun_by(line: &str) -> Option<Self> {
        python::begins(line)
            .map(Self::Python)
            .or_else(|| rust::begins(line).map(Self::Rust))
            .or_else(|| frames::begins(line).map(Self::Frames))
            .or_else(|| go::begins(line).then_some(Self::Go))
            .or_else(|| php::begins(line).then_some(Self::Php))
    }

    /// The trace that this line begins because `before` is the line before it.
    pub(crate) fn after(before: &str, line: &str) -> Option<Self> {
        frames::follows(line)
            .map(Self::Frames)
            .or_else(|| rust::follows(before, line).map(Self::Rust))
            .or_else(|| ruby::is_frame(line).then_some(Self::Ruby))
            .or_else(|| go::follows(line).then_some(Self::Go))
            .or_else(|| php::follows(line).then_some(Self::Php))
    }

    /// Whether loggers write such a trace behind a line of theirs; the others are the runtime's own last words.
    pub(crate) fn is_logged(self) -> bool {
        matches!(self, Self::Python(_) | Self::Frames(frames::State::Error))
    }

    /// Whether the line belongs to the trace, too.
    pub(crate) fn takes(&mut self, line: &str) -> bool {
        let next = match *self {
            Self::Python(state) => python::next(state, line).map(Self::Python),
            Self::Frames(state) => frames::next(state, line).map(Self::Frames),
            Self::Rust(state) => rust::next(state, line).map(Self::Rust),
            Self::Ruby => ruby::takes(line).then_some(Self::Ruby),
            Self::Go => go::takes(line).then_some(Self::Go),
            Self::Php => php::takes(line).then_some(Self::Php),
        };
        if let Some(next) = next {
            *self = next;
        }
        next.is_some()
    }

    /// The error that `text` is the trace of.
    pub(crate) fn exception(self, text: &str) -> Exception<'_> {
        let (kind, message) = match self {
            Self::Python(_) => python::error(text),
            Self::Frames(_) => frames::error(text),
            Self::Rust(_) => rust::error(text),
            Self::Ruby => ruby::error(text),
            Self::Go => go::error(text),
            Self::Php => php::error(text),
        };
        Exception {
            kind: kind.map(Into::into),
            message: message.into(),
            code: 0,
            stack_trace: Some(text.into()),
        }
    }

    /// The line or lines of `text`, all of it a trace, that say what went wrong.
    pub(crate) fn summary(self, text: &str) -> &str {
        match self {
            Self::Python(_) => python::error_at(text).unwrap_or_else(|| last_line(text)),
            Self::Frames(_) => frames::error_at(text),
            Self::Rust(_) => rust::without_backtrace(text),
            Self::Ruby | Self::Go | Self::Php => text.lines().next().unwrap_or_default(),
        }
    }
}

/// The trace that an error on a line of its own begins, such as `java.io.IOException: closed`.
pub(crate) fn is_error_of_frames(line: &str) -> Option<Trace> {
    names::error_line(line).map(|_| Trace::Frames(frames::State::Error))
}

/// The error of a text that holds a whole trace, such as a JSON field.
pub(crate) fn exception(text: &str) -> Exception<'_> {
    let mut before = "";
    for line in text.lines() {
        let found = Trace::begun_by(line).or_else(|| Trace::after(before, line));
        if let Some(trace) = found {
            return trace.exception(text);
        }
        before = line;
    }
    let (kind, message) = names::error_in(text.lines().next().unwrap_or_default());
    Exception {
        kind: kind.map(Into::into),
        message: message.into(),
        code: 0,
        stack_trace: Some(text.into()),
    }
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default().trim()
}

fn is_blank(line: &str) -> bool {
    line.trim_ascii().is_empty()
}

fn is_indented(line: &str) -> bool {
    line.starts_with([' ', '\t'])
}

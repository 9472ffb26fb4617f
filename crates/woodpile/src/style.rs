//! Colours on a terminal.

use woodpile_record::Severity;

/// How a part of a line looks: an SGR parameter (ECMA-48, 8.3.117).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Dim,
    Red,
    BoldRed,
    Green,
    Yellow,
    Blue,
    Cyan,
    /// What was looked for.
    Match,
}

impl Style {
    /// The style of a level.
    pub(crate) fn of(severity: Option<Severity>) -> Self {
        match severity {
            None => Self::Plain,
            Some(severity) if severity >= Severity::FATAL => Self::BoldRed,
            Some(severity) if severity >= Severity::ERROR => Self::Red,
            Some(severity) if severity >= Severity::WARN => Self::Yellow,
            Some(severity) if severity >= Severity::INFO => Self::Green,
            Some(severity) if severity >= Severity::DEBUG => Self::Blue,
            Some(_) => Self::Dim,
        }
    }

    fn parameter(self) -> &'static str {
        match self {
            Self::Plain => "0",
            Self::Dim => "2",
            Self::Red => "31",
            Self::BoldRed => "1;31",
            Self::Green => "32",
            Self::Yellow => "33",
            Self::Blue => "34",
            Self::Cyan => "36",
            Self::Match => "1;35",
        }
    }
}

/// Paints, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Painter {
    pub(crate) color: bool,
}

impl Painter {
    /// Appends the text in that style.
    pub(crate) fn paint(self, style: Style, text: &str, out: &mut String) {
        if !self.color || style == Style::Plain || text.is_empty() {
            out.push_str(text);
            return;
        }
        for part in ["\x1b[", style.parameter(), "m", text, "\x1b[0m"] {
            out.push_str(part);
        }
    }
}

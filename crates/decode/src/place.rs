//! Where in a body something is wrong.

use crate::Rejected;
use woodpile_record::json::JsonError;

/// An error of `text`, its column in characters.
pub(crate) fn of(text: &str, error: &JsonError) -> Rejected {
    let line = text.split('\n').nth(error.line.saturating_sub(1)).unwrap_or_default();
    let before = line.as_bytes().get(..error.column.saturating_sub(1)).unwrap_or(line.as_bytes());
    Rejected {
        line: number(error.line),
        column: Some(number(characters(before).saturating_add(1))),
        reason: error.reason.clone(),
    }
}

/// How many characters begin in the bytes.
pub(crate) fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0b1100_0000 != 0b1000_0000).count()
}

/// A count as a number for the sender.
pub(crate) fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Where a record begins in its body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// From 1.
    pub(crate) line: u64,
    /// In characters, from 1.
    pub(crate) column: u64,
}

impl Start {
    /// The first column of a line.
    pub(crate) fn of_line(line: u64) -> Self {
        Self { line, column: 1 }
    }

    /// An error within the record, as one within the body.
    pub(crate) fn within(self, error: Rejected) -> Rejected {
        let first_line = error.line <= 1;
        let shift = if first_line { self.column.saturating_sub(1) } else { 0 };
        Rejected {
            line: self.line.saturating_add(error.line.saturating_sub(1)),
            column: error.column.map(|column| column.saturating_add(shift)),
            reason: error.reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_from_the_bodys_line() {
        let error = JsonError { line: 1, column: 7, reason: "no".to_owned() };
        let found = of("äöü!?x", &error);
        assert_eq!((found.line, found.column), (1, Some(4)));
        let shifted = Start { line: 3, column: 5 }.within(found);
        assert_eq!((shifted.line, shifted.column), (3, Some(8)));
        let error = JsonError { line: 2, column: 2, reason: "no".to_owned() };
        let shifted = Start { line: 3, column: 5 }.within(of("a\nbc", &error));
        assert_eq!((shifted.line, shifted.column), (4, Some(2)));
    }
}

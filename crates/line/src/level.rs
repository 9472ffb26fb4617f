//! Words that are levels.

use crate::scan::Scan;
use woodpile_record::Severity;

/// Levels of some loggers that are words of any text as well: in lower case they are no levels here.
const WORDS: [&str; 7] = ["all", "config", "fine", "http", "log", "note", "statement"];

/// Whether a word is a level where a header may have one: single letters are not.
pub(crate) fn is_level(word: &str) -> bool {
    word.len() >= 3 && !WORDS.contains(&word) && Severity::of(word).is_some()
}

/// A level, and nothing that continues the word.
pub(crate) fn leading<'a>(scan: &mut Scan<'a>) -> Option<&'a str> {
    let mut after = *scan;
    let word = after.take_while(|byte| byte.is_ascii_alphanumeric())?;
    *scan = after;
    is_level(word).then_some(word)
}

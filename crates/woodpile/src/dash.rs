//! Words of a query that look like options.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::ffi::OsString;

/// Commands that take a query.
const WITH_QUERY: [&str; 3] = ["logs", "export", "stats"];
/// So many letters behind one `-` are rather a word than options in a row.
const SHORTEST_WORD: usize = 3;

/// The word that was meant to be looked for, if that is what is wrong with the command line.
pub(crate) fn misread_word(error: &clap::Error, args: &[OsString]) -> Option<String> {
    let args: Vec<_> = args.iter().filter_map(|arg| arg.to_str()).collect();
    args.iter().find(|arg| WITH_QUERY.contains(arg))?;
    let words = args.iter().take_while(|arg| **arg != "--").filter(|arg| is_word(arg));
    words.copied().find(|word| is_blamed(error, word)).map(str::to_owned)
}

fn is_word(arg: &str) -> bool {
    arg.strip_prefix('-').is_some_and(|word| {
        word.len() >= SHORTEST_WORD && word.starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

fn is_blamed(error: &clap::Error, word: &str) -> bool {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => word.contains(['h', 'V']),
        ErrorKind::UnknownArgument => context(ContextKind::InvalidArg)
            .and_then(|option| option.strip_prefix('-'))
            .is_some_and(|letter| word.contains(letter)),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            context(ContextKind::InvalidValue).is_some_and(|value| word.ends_with(value))
        }
        _ => false,
    }
}

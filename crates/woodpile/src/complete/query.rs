//! What may stand where a query goes on.

use crate::settings::Settings;
use clap_complete::CompletionCandidate;
use std::ffi::OsStr;
use woodpile_query::{FUNCTIONS, PIPES, short_names};
use woodpile_search::Search;

/// What the last word of a query may become: behind a pipe's sign the name of a pipe, in a pipe a function or a field,
/// before all pipes a field. Fields are those of the store, where that is a file.
pub(super) fn candidates(current: &OsStr) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else { return Vec::new() };
    let (before, word) = split(current);
    let mut names = names_behind(before);
    names.retain(|name| name.starts_with(word));
    names.sort();
    names.dedup();
    names.iter().map(|name| CompletionCandidate::new(format!("{before}{name}"))).collect()
}

fn names_behind(before: &str) -> Vec<String> {
    if before.trim_end().ends_with('|') {
        return PIPES.iter().map(|name| (*name).to_owned()).collect();
    }
    if before.contains('|') {
        let functions = FUNCTIONS.iter().map(|name| format!("{name}("));
        return functions.chain(fields()).collect();
    }
    fields().into_iter().map(|name| name + ":").collect()
}

/// What stands already, and the word that is begun.
fn split(query: &str) -> (&str, &str) {
    let ends = |c: char| c.is_whitespace() || matches!(c, '|' | '(' | ',' | '-');
    query.split_at(query.rfind(ends).map_or(0, |at| at + 1))
}

fn fields() -> Vec<String> {
    let short = short_names().map(str::to_owned);
    short.chain(of_store().unwrap_or_default()).collect()
}

/// A completion has nobody to tell of failures.
fn of_store() -> Option<Vec<String>> {
    let search = Search::new(Settings::glance()?);
    let collections = search.store().collections().ok()?;
    let names: Vec<_> = collections.into_iter().map(|stats| stats.name).collect();
    Some(search.fields(&names).ok()?.into_iter().collect())
}

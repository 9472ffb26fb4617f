use crate::{Context, Route};
use woodpile_record::Entry;

/// Reads an entry's message as a line, and takes from it what the entry does not say itself: `http` of an access
/// line, the level and fields of a JSON object. The message stays as it is, and so does the time, even if there is
/// none. Returns the log that the message belongs to, where it is in a known format.
pub fn enrich(entry: &mut Entry<'_>) -> Option<Route> {
    let _ = entry;
    None
}

/// The same, and takes the time, too, if the entry has none.
pub fn enrich_in(entry: &mut Entry<'_>, context: &Context<'_>) -> Option<Route> {
    let _ = context;
    enrich(entry)
}

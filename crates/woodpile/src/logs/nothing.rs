//! Why nothing was found, perhaps.

use super::plan::Plan;
use crate::exit::say;
use woodpile_query::hints;
use woodpile_search::{Search, SearchError};

const ERROR_LOG: &str = "error-log";

/// Says what a search without a match may have overlooked.
pub(super) fn say_why(plan: &Plan, search: &Search) -> Result<(), SearchError> {
    if plan.asked.named_collection() == Some(ERROR_LOG) {
        // Many look here for the app's exceptions.
        say(
            "nothing found in error-log, where the server under the app writes; an app's exceptions are \
             usually in its own log: woodpile logs -l error",
        );
    } else {
        say("nothing found");
    }
    let there: Vec<_> = search.store().collections()?.into_iter().map(|stats| stats.name).collect();
    if !there.iter().any(|name| plan.asked.takes_collection(name)) {
        let others = if there.is_empty() { "none".to_owned() } else { there.join(", ") };
        match plan.asked.named_collection() {
            Some(name) => say(&format!("there is no collection {name}; there are: {others}")),
            None => say(&format!("there is no such collection; there are: {others}")),
        }
    }
    let known = search.fields(&there)?;
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    for hint in hints(plan.asked.query(), &known) {
        say(&hint.to_string());
    }
    Ok(())
}

//! What is wrong with a query, shown where it stands.

use woodpile_present::escape::is_control;
use woodpile_query::{Error, Errors};

/// What stands before a line of the query.
const INDENT: &str = "    ";
/// The most characters of a query that are shown with an error.
const MAX_SHOWN: usize = 100;
/// How many of them stand before the error.
const BEFORE: usize = 60;

/// Every error with the query below it, and what it means marked; ready to stand behind `error: `.
pub(super) fn shown(text: &str, errors: &Errors) -> String {
    let each: Vec<_> = errors.iter().map(|error| one(text, error)).collect();
    each.join("\nerror: ")
}

fn one(text: &str, error: &Error) -> String {
    let chars: Vec<char> = text.chars().map(|c| if is_control(c) { ' ' } else { c }).collect();
    let at = error.column.saturating_sub(1).min(chars.len());
    let marked = text.get(error.span.start..error.span.end).map_or(1, |part| part.chars().count());
    let start = at.saturating_sub(BEFORE);
    let end = chars.len().min(start + MAX_SHOWN);
    let (before, after) = (dots(start > 0), dots(end < chars.len()));
    let line: String = chars.get(start..end).unwrap_or_default().iter().collect();
    let blanks = " ".repeat(at - start + before.chars().count());
    let marks = "^".repeat(marked.clamp(1, (end - at).max(1)));
    format!("{error}\n{INDENT}{before}{line}{after}\n{INDENT}{blanks}{marks}")
}

fn dots(cut: bool) -> &'static str {
    if cut { "…" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use woodpile_query::parse;

    #[track_caller]
    fn check(query: &str, expected: &str) {
        assert_eq!(shown(query, &parse(query).unwrap_err()), expected);
    }

    #[test]
    fn each_error_is_marked_in_the_query() {
        check(
            "größe:[9 TO 5] \"open",
            "column 7: nothing lies in this range; expected the lesser value first\n\
             \x20   größe:[9 TO 5] \"open\n\
             \x20         ^^^^^^^^\n\
             error: column 16: this \" is never closed; expected another \"\n\
             \x20   größe:[9 TO 5] \"open\n\
             \x20                  ^",
        );
    }

    #[test]
    fn the_end_of_a_query_can_be_marked() {
        check(
            "status:>",
            "column 9: expected a value after >, found the end\n    status:>\n            ^",
        );
    }

    #[test]
    fn of_a_long_query_only_what_is_around_is_shown() {
        let query = format!("{}(){}", "a ".repeat(100), " c".repeat(100));
        let shown = shown(&query, &parse(&query).unwrap_err());
        let lines: Vec<_> = shown.lines().collect();
        assert!(lines[1].starts_with("    …a a") && lines[1].ends_with("c…"), "{shown}");
        let marked = lines[2].chars().position(|c| c == '^').unwrap();
        assert_eq!(lines[1].chars().nth(marked), Some('('), "{shown}");
    }
}

//! What a query looks for, found again in what is printed.

use std::ops::Range;
use woodpile_query::{Filter, Part, Regex, Test, Text};

/// What is marked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Highlight {
    words: Vec<Word>,
    regexes: Vec<Regex>,
}

/// Characters that are looked for in either case.
#[derive(Debug, Clone)]
struct Word {
    text: String,
    /// Whether they start, and end, where a word does.
    bounds: (bool, bool),
}

impl Highlight {
    /// What a filter looks for in texts.
    pub(crate) fn of(filter: &Filter) -> Self {
        let mut highlight = Self::default();
        highlight.add(filter);
        highlight
    }

    fn add(&mut self, filter: &Filter) {
        match filter {
            Filter::And(parts) | Filter::Or(parts) => {
                for part in parts {
                    self.add(part);
                }
            }
            Filter::Text(text) => self.add_text(text),
            Filter::Field(field, Test::Has(text)) if field.is_prose() => self.add_text(text),
            Filter::Field(field, Test::Regex(regex)) if field.is_prose() => {
                self.regexes.push(regex.clone());
            }
            _ => {}
        }
    }

    fn add_text(&mut self, text: &Text) {
        match text {
            Text::Word(word) => self.add_word(word, (true, true)),
            Text::Phrase(phrase) => self.add_word(phrase, (true, false)),
            Text::Pattern(pattern) => pattern.parts().iter().for_each(|part| {
                if let Part::Text(text) = part {
                    self.add_word(text, (false, false));
                }
            }),
            Text::Regex(regex) => self.regexes.push(regex.clone()),
        }
    }

    fn add_word(&mut self, text: &str, bounds: (bool, bool)) {
        if !text.is_empty() {
            self.words.push(Word { text: text.to_owned(), bounds });
        }
    }

    /// Where in the text something is found, from left to right, apart from each other.
    pub(crate) fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let mut spans: Vec<_> = self.words.iter().flat_map(|word| word.spans(text)).collect();
        for regex in &self.regexes {
            spans.extend(regex.compiled().find_iter(text).map(|found| found.range()));
        }
        spans.retain(|span| !span.is_empty());
        spans.sort_by_key(|span| span.start);
        spans.dedup_by(|next, last| {
            let overlap = next.start <= last.end;
            last.end = if overlap { last.end.max(next.end) } else { last.end };
            overlap
        });
        spans
    }
}

impl Word {
    fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let word = self.text.as_bytes();
        let Some(first) = word.first() else { return Vec::new() };
        let places = memchr::memchr2_iter(
            first.to_ascii_lowercase(),
            first.to_ascii_uppercase(),
            text.as_bytes(),
        );
        let spans = places.map(|start| start..start + word.len());
        spans.filter(|span| self.is_at(text, span)).collect()
    }

    fn is_at(&self, text: &str, span: &Range<usize>) -> bool {
        let Some(found) = text.get(span.clone()) else { return false };
        let before = text.get(..span.start).and_then(|before| before.chars().next_back());
        let after = text.get(span.end..).and_then(|after| after.chars().next());
        found.eq_ignore_ascii_case(&self.text)
            && !(self.bounds.0 && joins(before, found.chars().next()))
            && !(self.bounds.1 && joins(found.chars().next_back(), after))
    }
}

/// Whether two characters side by side are of one word.
fn joins(left: Option<char>, right: Option<char>) -> bool {
    let in_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    in_word(left) && in_word(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(query: &str, text: &str, expected: &[&str]) {
        let query = woodpile_query::parse(query).unwrap();
        let spans = Highlight::of(&query.filter).spans(text).into_iter();
        let found: Vec<_> = spans.map(|span| &text[span]).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_was_looked_for_is_found() {
        let text = "Timeout: mytimeout, timeouts after 30 s";
        check("timeout", text, &["Timeout"]);
        check("\"after 3\"", text, &["after 3"]);
        check("time*", text, &["Time", "time", "time"]);
        check("message:/[0-9]+ s/", text, &["30 s"]);
        check("(timeout OR after) -timeouts status:30", text, &["Timeout", "after"]);
        check("\"timeout: m\" timeout", text, &["Timeout: m"]);
        check("*", text, &[]);
    }
}

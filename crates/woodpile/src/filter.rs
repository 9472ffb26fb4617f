//! Which records: what `QUERY` and `-l` say.

use crate::cli::CollectionArgs;
use crate::exit::usage;
use memchr::memchr2_iter;
use std::collections::BTreeSet;
use woodpile_record::{RawBsonRef, RawDocument, Severity, View};

const COLLECTION_TERM: &str = "collection:";

/// Which records are wanted.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    words: Vec<Word>,
    least: Option<Severity>,
    collections: Option<BTreeSet<String>>,
}

impl Filter {
    /// The filter of a query's words, joined to one text.
    pub(crate) fn of(query: &[String]) -> anyhow::Result<Self> {
        let mut filter = Self::default();
        for term in terms(&query.join(" "))? {
            match term.strip_prefix(COLLECTION_TERM) {
                Some("") => {
                    return Err(usage("collection: needs a name, as in collection:access-log"));
                }
                Some(name) => filter.add_collection(name),
                None => filter.words.push(Word::new(&term)),
            }
        }
        Ok(filter)
    }

    /// Only what is of this level, or more severe.
    pub(crate) fn at_least(mut self, level: Option<&str>) -> anyhow::Result<Self> {
        if let Some(level) = level {
            self.least = Some(Severity::of(level).ok_or_else(|| unknown_level(level))?);
        }
        Ok(self)
    }

    /// Only what is in the collection that the flags name, if they name one.
    pub(crate) fn within(mut self, args: &CollectionArgs) -> Self {
        let flagged = match args {
            CollectionArgs { application: true, .. } => Some("application-log"),
            CollectionArgs { error: true, .. } => Some("error-log"),
            CollectionArgs { collection, .. } => collection.as_deref(),
        };
        if let Some(name) = flagged {
            self.collections = Some(match self.collections {
                Some(named) => named.into_iter().filter(|other| other == name).collect(),
                None => BTreeSet::from([name.to_owned()]),
            });
        }
        self
    }

    fn add_collection(&mut self, name: &str) {
        self.collections.get_or_insert_default().insert(name.to_owned());
    }

    /// Whether the collection may hold what is wanted.
    pub(crate) fn takes_collection(&self, name: &str) -> bool {
        self.collections.as_ref().is_none_or(|collections| collections.contains(name))
    }

    /// The collections that were named.
    pub(crate) fn collections(&self) -> Option<&BTreeSet<String>> {
        self.collections.as_ref()
    }

    /// Whether records are told apart by what is in them.
    pub(crate) fn reads_records(&self) -> bool {
        !self.words.is_empty() || self.least.is_some()
    }

    /// Whether the record is wanted.
    pub(crate) fn matches(&self, document: &RawDocument) -> bool {
        self.words.iter().all(|word| word.is_in(document)) && self.is_severe_enough(document)
    }

    fn is_severe_enough(&self, document: &RawDocument) -> bool {
        self.least.is_none_or(|least| {
            View::of(document).severity().is_some_and(|severity| severity >= least)
        })
    }

    /// The first word that looks like a question about a field. Such words, too, are looked for as text.
    pub(crate) fn field_like_word(&self) -> Option<&str> {
        self.words.iter().map(|word| &*word.lower).find(|word| {
            let (name, value) = word.split_once(':').unwrap_or_default();
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
            // An address is no question.
            !value.starts_with("//")
                && name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.chars().all(is_name)
        })
    }

    /// What is asked of each record, for people.
    pub(crate) fn describe(&self) -> Vec<String> {
        let words = self.words.iter().map(|word| format!("some text contains {:?}", word.lower));
        let level = self.least.map(|least| format!("level is {} or above", least.name()));
        words.chain(level).collect()
    }
}

fn unknown_level(level: &str) -> anyhow::Error {
    usage(format!(
        "-l {level}: this is no level; expected trace, debug, info, notice, warn, error, critical, \
         alert or emergency (a word that begins with `-` goes after `--`)"
    ))
}

/// The terms between blanks; what stands in double quotes is one.
fn terms(query: &str) -> anyhow::Result<Vec<String>> {
    let mut terms = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() {
        let (term, tail) = match rest.strip_prefix('"') {
            Some(quoted) => quoted
                .split_once('"')
                .ok_or_else(|| usage(format!("the quote before {quoted:?} is never closed")))?,
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        if !term.is_empty() {
            terms.push(term.to_owned());
        }
        rest = tail.trim_start();
    }
    Ok(terms)
}

/// A word, looked for in any case.
#[derive(Debug)]
struct Word {
    lower: String,
}

impl Word {
    fn new(word: &str) -> Self {
        Self { lower: word.to_lowercase() }
    }

    /// Whether a text of the record, at whatever depth, contains the word.
    fn is_in(&self, document: &RawDocument) -> bool {
        // The bytes around the texts can only add to what is found: most records are out at once.
        (!self.lower.is_ascii() || self.is_in_bytes(document.as_bytes()))
            && document.into_iter().filter_map(Result::ok).any(|(_, value)| self.is_in_value(value))
    }

    fn is_in_value(&self, value: RawBsonRef<'_>) -> bool {
        match value {
            RawBsonRef::String(text) | RawBsonRef::Symbol(text) => self.is_in_text(text),
            RawBsonRef::Document(document) => self.is_in(document),
            RawBsonRef::Array(array) => {
                array.into_iter().filter_map(Result::ok).any(|value| self.is_in_value(value))
            }
            _ => false,
        }
    }

    fn is_in_text(&self, text: &str) -> bool {
        if self.lower.is_ascii() {
            self.is_in_bytes(text.as_bytes())
        } else {
            text.to_lowercase().contains(&self.lower)
        }
    }

    fn is_in_bytes(&self, bytes: &[u8]) -> bool {
        let word = self.lower.as_bytes();
        let Some(&first) = word.first() else { return true };
        memchr2_iter(first, first.to_ascii_uppercase(), bytes).any(|at| {
            bytes.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use woodpile_record::{Entry, EventTime, Exception, IdSource, Record};

    fn record() -> Record {
        Entry {
            level: Some("WARN".into()),
            message: "Connection RESET by Ärger".into(),
            exception: Some(Exception {
                stack_trace: Some("at shop.Cart.add".into()),
                ..Exception::default()
            }),
            tags: vec!["blue".into()],
            ..Entry::default()
        }
        .encode(IdSource::new([0; 5]).next(1), EventTime::from_millis(1))
    }

    #[track_caller]
    fn check(query: &str, expected: bool) {
        let filter = Filter::of(&[query.to_owned()]).unwrap();
        assert_eq!(filter.matches(record().as_document()), expected, "{query}");
    }

    #[test]
    fn words_occur_in_any_text_and_case() {
        for query in
            ["", "reset", "conn RESET", "\"connection reset\"", "ärger", "cart.add", "BLUE"]
        {
            check(query, true);
        }
        for query in ["refused", "reset refused", "\"reset connection\"", "stackTrace", "ü"] {
            check(query, false);
        }
    }

    #[test]
    fn levels_are_compared_by_severity() {
        for (level, expected) in [("info", true), ("warning", true), ("error", false)] {
            let filter = Filter::default().at_least(Some(level)).unwrap();
            assert_eq!(filter.matches(record().as_document()), expected, "{level}");
        }
        let error = Filter::default().at_least(Some("loud")).unwrap_err();
        assert!(error.to_string().starts_with("-l loud: this is no level"), "{error}");
    }

    #[test]
    fn collections_are_those_of_the_flags_and_of_the_query() {
        let named = Filter::of(&["collection:a collection:b".to_owned()]).unwrap();
        assert!(named.takes_collection("a") && named.takes_collection("b"));
        assert!(!named.takes_collection("c"));
        let flag =
            CollectionArgs { application: false, error: false, collection: Some("b".to_owned()) };
        let both = named.within(&flag);
        assert!(both.takes_collection("b") && !both.takes_collection("a"));
    }

    #[test]
    fn an_open_quote_is_an_error() {
        let error = Filter::of(&["\"connection".to_owned(), "reset".to_owned()]).unwrap_err();
        assert_eq!(error.to_string(), "the quote before \"connection reset\" is never closed");
    }
}

//! Puts something else in the place of secrets; every other byte of a record stays.

use crate::mask::{MASKED, Mask};
use std::borrow::Cow;
use std::ops::Range;
use woodpile_query::{Regex, text_in_message};
use woodpile_record::limits::MAX_DOCUMENT_DEPTH;
use woodpile_record::{RawBsonRef, RawDocument, Record, find, name};

const TEXT: u8 = 0x02;

/// The masks of all rules, ready.
#[derive(Debug, Default)]
pub(crate) struct Masks {
    paths: Vec<String>,
    patterns: Vec<Regex>,
}

impl Masks {
    pub(crate) fn add(&mut self, mask: Mask) {
        match mask {
            Mask::Fields(fields) => {
                for field in fields {
                    self.paths.extend(field.paths().map(str::to_owned));
                }
            }
            Mask::Pattern(regex) => self.patterns.push(regex),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.paths.is_empty() && self.patterns.is_empty()
    }

    /// The record without its secrets; `None` where it has none.
    pub(crate) fn apply(&self, record: &RawDocument) -> Option<Record> {
        let repeated = self.texts(record);
        let mut rewriter =
            Rewriter { masks: self, repeated, out: Vec::new(), changed: false, depth: 0 };
        let paths: Vec<&str> = self.paths.iter().map(String::as_str).collect();
        rewriter.document(record, &paths)?;
        if !rewriter.changed {
            return None;
        }
        Record::from_bytes(rewriter.out).ok()
    }

    /// The texts of masked fields, which the message may repeat.
    fn texts(&self, record: &RawDocument) -> Vec<String> {
        let texts = self.paths.iter().filter_map(|path| match find(record, path) {
            Some(RawBsonRef::String(text)) => Some(text.to_owned()),
            Some(_) => None,
            None => text_in_message(record, path),
        });
        texts.filter(|text| !text.is_empty() && text != MASKED).collect()
    }

    /// The text without what the patterns find.
    fn cover<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut covered = Cow::Borrowed(text);
        for pattern in &self.patterns {
            if let Some(new) = replaced(&covered, &found(pattern, &covered)) {
                covered = Cow::Owned(new);
            }
        }
        covered
    }
}

/// Where a pattern's groups, or all of it, match.
fn found(pattern: &Regex, text: &str) -> Vec<Range<usize>> {
    let regex = pattern.compiled();
    if regex.captures_len() == 1 {
        return regex.find_iter(text).map(|found| found.range()).collect();
    }
    let mut ranges: Vec<Range<usize>> = regex
        .captures_iter(text)
        .flat_map(|groups| {
            groups.iter().skip(1).flatten().map(|group| group.range()).collect::<Vec<_>>()
        })
        .collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges
}

/// The text with something else in the place of these ranges, which come by their starts; `None` if there is none.
fn replaced(text: &str, ranges: &[Range<usize>]) -> Option<String> {
    let mut new = String::with_capacity(text.len());
    let mut end = 0;
    for range in ranges.iter().filter(|range| !range.is_empty()) {
        // A group within another one is covered with it.
        if range.start >= end {
            new.push_str(&text[end..range.start]);
            new.push_str(MASKED);
        }
        end = end.max(range.end);
    }
    new.push_str(&text[end..]);
    (end > 0 && new != text).then_some(new)
}

/// Where a text stands in another one, as words of it.
fn words(text: &str, sought: &str) -> Vec<Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let is_apart = |outer: Option<char>, inner: Option<char>| {
        !(outer.is_some_and(is_word) && inner.is_some_and(is_word))
    };
    let ranges = text.match_indices(sought).map(|(at, found)| at..at + found.len());
    ranges
        .filter(|range| {
            is_apart(text[..range.start].chars().next_back(), sought.chars().next())
                && is_apart(text[range.end..].chars().next(), sought.chars().next_back())
        })
        .collect()
}

struct Rewriter<'m> {
    masks: &'m Masks,
    /// What the message is not to say.
    repeated: Vec<String>,
    out: Vec<u8>,
    changed: bool,
    depth: usize,
}

impl Rewriter<'_> {
    /// Writes a document in which these paths are masked; `None` if it makes no sense.
    fn document(&mut self, document: &RawDocument, paths: &[&str]) -> Option<()> {
        let bytes = document.as_bytes();
        let start = self.out.len();
        self.out.extend([0; 4]);
        let mut at = 4;
        for element in document.iter_elements() {
            let element = element.ok()?;
            let key = element.key().as_str();
            let end = at + 1 + key.len() + 1 + element.size();
            let value = RawBsonRef::try_from(element).ok()?;
            self.element((key, value), bytes.get(at..end)?, paths)?;
            at = end;
        }
        self.out.push(0);
        let length = i32::try_from(self.out.len() - start).ok()?;
        self.out[start..start + 4].copy_from_slice(&length.to_le_bytes());
        Some(())
    }

    fn element(
        &mut self,
        (key, value): (&str, RawBsonRef<'_>),
        bytes: &[u8],
        paths: &[&str],
    ) -> Option<()> {
        if paths.contains(&key) && value != RawBsonRef::String(MASKED) {
            self.changed = true;
            self.text(key, MASKED);
            return Some(());
        }
        match value {
            RawBsonRef::String(text) => self.covered(key, text, bytes),
            RawBsonRef::Document(inner) => {
                let below: Vec<&str> = paths.iter().filter_map(|path| below(path, key)).collect();
                self.nested(bytes, key, inner, &below)?;
            }
            RawBsonRef::Array(inner) => {
                let inner = RawDocument::from_bytes(inner.as_bytes()).ok()?;
                let below: Vec<&str> = paths.iter().filter_map(|path| below(path, key)).collect();
                self.array(bytes, key, inner, &below)?;
            }
            _ => self.out.extend_from_slice(bytes),
        }
        Some(())
    }

    fn covered(&mut self, key: &str, text: &str, bytes: &[u8]) {
        // An `_id` is what it is.
        if self.depth == 0 && key == name::ID {
            return self.out.extend_from_slice(bytes);
        }
        let mut covered = self.masks.cover(text);
        if self.depth == 0 && key == name::MESSAGE {
            for sought in &self.repeated {
                if let Some(new) = replaced(&covered, &words(&covered, sought)) {
                    covered = Cow::Owned(new);
                }
            }
        }
        if covered == text {
            return self.out.extend_from_slice(bytes);
        }
        let covered = covered.into_owned();
        self.changed = true;
        self.text(key, &covered);
    }

    fn text(&mut self, key: &str, text: &str) {
        self.head(TEXT, key);
        let length = u32::try_from(text.len() + 1).unwrap_or(u32::MAX);
        self.out.extend(length.to_le_bytes());
        self.out.extend_from_slice(text.as_bytes());
        self.out.push(0);
    }

    fn head(&mut self, kind: u8, key: &str) {
        self.out.push(kind);
        self.out.extend_from_slice(key.as_bytes());
        self.out.push(0);
    }

    fn nested(
        &mut self,
        bytes: &[u8],
        key: &str,
        inner: &RawDocument,
        paths: &[&str],
    ) -> Option<()> {
        if self.depth == MAX_DOCUMENT_DEPTH {
            self.out.extend_from_slice(bytes);
            return Some(());
        }
        self.head(*bytes.first()?, key);
        self.depth += 1;
        self.document(inner, paths)?;
        self.depth -= 1;
        Some(())
    }

    /// A path goes on in each of an array's documents.
    fn array(
        &mut self,
        bytes: &[u8],
        key: &str,
        inner: &RawDocument,
        paths: &[&str],
    ) -> Option<()> {
        let elements = inner.into_iter().flatten().map(|(index, _)| index.to_string());
        let each: Vec<String> = elements
            .flat_map(|index| paths.iter().map(move |path| format!("{index}.{path}")))
            .collect();
        let each: Vec<&str> =
            each.iter().map(String::as_str).chain(paths.iter().copied()).collect();
        self.nested(bytes, key, inner, &each)
    }
}

/// The rest of a path behind a field.
fn below<'p>(path: &'p str, key: &str) -> Option<&'p str> {
    path.strip_prefix(key)?.strip_prefix('.')
}

//! A text that is looked for in others, all bytes of a column at once.

use crate::texts::Texts;
use memchr::{memchr2_iter, memmem};
use std::ops::Range;

/// The beginning of what is looked through tells which bytes are rare.
const SAMPLE_BYTES: usize = 4_096;
/// In texts as short as this it is looked for byte by byte.
const SHORT_BYTES: usize = 64;
/// Of a longer one only the beginning is looked for.
const MAX_BYTES: usize = 64;

/// ASCII in lower case, that is found in either case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Literal<'l>(&'l [u8]);

impl<'l> Literal<'l> {
    /// `None` where there is nothing to look for.
    pub(super) fn new(lower: &'l [u8]) -> Option<Self> {
        let lower = lower.get(..MAX_BYTES).unwrap_or(lower);
        (!lower.is_empty() && lower.is_ascii()).then_some(Self(lower))
    }

    /// How many bytes it has.
    pub(super) fn len(self) -> usize {
        self.0.len()
    }

    /// Some of its bytes.
    pub(super) fn bytes(self, range: Range<usize>) -> &'l [u8] {
        self.0.get(range).unwrap_or_default()
    }

    /// Whether it is in the text.
    pub(super) fn is_in(self, text: &[u8]) -> bool {
        if text.len() < SHORT_BYTES {
            return text.windows(self.0.len()).any(|window| window.eq_ignore_ascii_case(self.0));
        }
        let mut found = false;
        self.visit(text, |_| {
            found = true;
            None
        });
        found
    }

    /// Which of the texts it is in.
    pub(super) fn find_in(self, texts: &Texts) -> Vec<bool> {
        let mut found = vec![false; texts.len()];
        self.visit(texts.as_bytes(), |at| {
            let (text, end) = texts.text_at(at)?;
            if end - at < self.len() {
                // It would go on in the next text.
                return Some(at + 1);
            }
            if let Some(found) = found.get_mut(text) {
                *found = true;
            }
            Some(end)
        });
        found
    }

    /// Visits the places where it is. The visitor says from where to go on; with `None` nothing more is visited.
    fn visit(self, bytes: &[u8], mut visit: impl FnMut(usize) -> Option<usize>) {
        if !self.0.iter().any(u8::is_ascii_alphabetic) {
            let finder = memmem::Finder::new(self.0);
            let mut from = 0;
            while let Some(at) = bytes.get(from..).and_then(|rest| finder.find(rest)) {
                let Some(next) = visit(from + at) else { return };
                from = next;
            }
            return;
        }
        let anchor = self.anchor(bytes);
        let byte = self.0.get(anchor).copied().unwrap_or_default();
        let mut from = 0;
        let places = memchr2_iter(byte, byte.to_ascii_uppercase(), bytes);
        for at in places.filter_map(|place| place.checked_sub(anchor)) {
            if at >= from && begins_with(bytes.get(at..).unwrap_or_default(), self.0) {
                let Some(next) = visit(at) else { return };
                from = next;
            }
        }
    }

    /// Where its byte is that is rarest in these texts.
    fn anchor(self, bytes: &[u8]) -> usize {
        let mut counts = [0_u32; 256];
        for byte in bytes.iter().take(SAMPLE_BYTES) {
            if let Some(count) = counts.get_mut(usize::from(byte.to_ascii_lowercase())) {
                *count += 1;
            }
        }
        let count = |byte: &u8| counts.get(usize::from(*byte)).copied().unwrap_or(0);
        let rarest = self.0.iter().enumerate().min_by_key(|(_, byte)| count(byte));
        rarest.map_or(0, |(place, _)| place)
    }
}

/// Whether a text begins with another, in either case.
pub(super) fn begins_with(text: &[u8], lower: &[u8]) -> bool {
    text.get(..lower.len()).is_some_and(|start| start.eq_ignore_ascii_case(lower))
}

/// Whether a text ends with another, in either case.
pub(super) fn ends_with(text: &[u8], lower: &[u8]) -> bool {
    let start = text.len().checked_sub(lower.len());
    start.is_some_and(|start| text.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(lower)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_found_in_the_texts_that_have_it(
            texts in proptest::collection::vec("[abA1.]{0,6}", 0..20),
            lower in "[ab1.]{1,3}",
        ) {
            let all: Texts = texts.iter().map(String::as_bytes).collect();
            let literal = Literal::new(lower.as_bytes()).unwrap();
            let has = |text: &String| text.to_ascii_lowercase().contains(&lower);
            prop_assert_eq!(literal.find_in(&all), texts.iter().map(has).collect::<Vec<_>>());
            for text in &texts {
                prop_assert_eq!(literal.is_in(text.as_bytes()), has(text));
            }
        }
    }
}

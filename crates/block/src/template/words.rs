//! Which words of templates change from text to text.

use super::candidates::Parts;
use crate::hash::HashMap;
use crate::hash::HashSet;

/// A word changes if templates that differ only there are more than this.
const MAX_SIBLINGS: u32 = 8;

/// Makes slots of the words that change; says whether there were any. `word` is the number of such a slot.
pub(super) fn free_words(templates: &mut [Vec<u32>], parts: &Parts, word: u32) -> bool {
    let mut siblings: HashMap<u64, u32> = HashMap::default();
    let distinct: HashSet<&[u32]> = templates.iter().map(Vec::as_slice).collect();
    for template in distinct {
        for (_, without) in without_each_word(template, parts, word) {
            *siblings.entry(without).or_default() += 1;
        }
    }
    let mut any = false;
    for template in templates {
        let changing: Vec<usize> = without_each_word(template, parts, word)
            .filter(|(_, without)| siblings.get(without).is_some_and(|count| *count > MAX_SIBLINGS))
            .map(|(place, _)| place)
            .collect();
        for place in changing {
            if let Some(part) = template.get_mut(place) {
                *part = word;
                any = true;
            }
        }
    }
    any
}

/// The places of words, each with a fingerprint of the template that has a slot there. Two templates that
/// have the same by chance lose a word to a slot, no more.
fn without_each_word<'a>(
    template: &'a [u32],
    parts: &'a Parts,
    word: u32,
) -> impl Iterator<Item = (usize, u64)> + 'a {
    let all = template
        .iter()
        .enumerate()
        .fold(0_u64, |sum, (place, part)| sum.wrapping_add(fingerprint(place, *part)));
    let words = template.iter().enumerate().filter(|(_, part)| parts.is_word(**part));
    words.map(move |(place, part)| {
        let without = all.wrapping_sub(fingerprint(place, *part));
        (place, without.wrapping_add(fingerprint(place, word)))
    })
}

/// Mixes the bits of a part and its place (the finalizer of <https://prng.di.unimi.it/splitmix64.c>).
fn fingerprint(place: usize, part: u32) -> u64 {
    let number = (place as u64) << 32 | u64::from(part);
    let number = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

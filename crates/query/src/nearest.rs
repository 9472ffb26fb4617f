//! The name that was probably meant.

/// Longer names are not compared.
const MAX_NAME: usize = 64;

/// The one of `names` that is most like `name`, if one is like it.
pub(crate) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.to_lowercase().chars().take(MAX_NAME + 1).collect();
    if wanted.len() > MAX_NAME {
        return None;
    }
    // Any two short names are like each other.
    let most = wanted.len() / 3;
    names
        .into_iter()
        .map(|name| (distance(&wanted, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be put in, left out, changed or swapped with the next.
fn distance(from: &[char], to: &str) -> usize {
    let to: Vec<char> = to.chars().take(MAX_NAME + 1).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in to.iter().enumerate() {
            let changed = row[j] + usize::from(a != b);
            let mut least = changed.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && from[i - 1] == *b && to[j - 1] == *a {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        assert_eq!(nearest(name, ["stats", "sort", "limit", "http.status"]), expected, "{name}");
    }

    #[test]
    fn slips_of_the_finger_are_understood() {
        check("stat", Some("stats"));
        check("sotr", Some("sort"));
        check("LIMIT", Some("limit"));
        check("htp.staus", Some("http.status"));
    }

    #[test]
    fn other_words_are_not_guessed_at() {
        for name in ["", "so", "where", "fields", &"s".repeat(1_000)] {
            check(name, None);
        }
    }
}

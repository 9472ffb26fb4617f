//! What the parser and the printer agree on.

/// A character that ends a word.
pub(crate) fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | '|')
}

/// A character that a name may have in it without quotes.
pub(crate) fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '@' | '$')
}

/// Whether a name needs no quotes.
pub(crate) fn is_plain_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || matches!(c, '_' | '@' | '$'))
        && name.chars().all(is_name_char)
}

/// Where the colon is behind the field's name that `text` starts with, if it does. `http://…`, `std::vec` and `10:30`
/// are words.
pub(crate) fn field_colon(text: &str) -> Option<usize> {
    let end = text.find(|c: char| !is_name_char(c))?;
    let (name, rest) = text.split_at_checked(end)?;
    let value = rest.strip_prefix(':')?;
    let is_word = value.starts_with("//") || value.starts_with(':');
    (is_plain_name(name) && !is_word).then_some(end)
}

/// What a text that starts with a slash turns out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slash {
    /// A regular expression: its closing slash is at this byte.
    Regex(usize),
    /// A path, such as `/api/*`: the next slash closes nothing.
    Path,
    /// There is no other slash: what follows could make it either.
    Open,
}

/// Reads a text from its first slash. The next one closes a regular expression if nothing but `i` stands between it and
/// the end of the term, and if it does not itself begin a word or value.
pub(crate) fn slash(text: &str) -> Slash {
    let Some(close) = unescaped_slash(text) else { return Slash::Open };
    let (before, after) = (text.get(..close).unwrap_or(""), text.get(close + 1..).unwrap_or(""));
    let begins = close == 1 || is_unescaped_end(before);
    let after = after.strip_prefix('i').unwrap_or(after);
    let ends = after.chars().next().is_none_or(ends_word);
    if ends && !begins { Slash::Regex(close) } else { Slash::Path }
}

fn is_unescaped_end(before: &str) -> bool {
    let Some(rest) = before.strip_suffix([' ', ':']) else { return false };
    let escapes = rest.len() - rest.trim_end_matches('\\').len();
    escapes % 2 == 0
}

fn unescaped_slash(text: &str) -> Option<usize> {
    let mut escaped = false;
    let mut chars = text.char_indices().skip(1);
    chars
        .find(|(_, c)| {
            let is_close = *c == '/' && !escaped;
            escaped = *c == '\\' && !escaped;
            is_close
        })
        .map(|(at, _)| at)
}

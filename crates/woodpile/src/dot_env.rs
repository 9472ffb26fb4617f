//! `.env` files, as foreman reads them (<https://ddollar.github.io/foreman/#ENVIRONMENT>).

use std::borrow::Cow;

/// The variables of a `.env` file's text, in its order. Lines that set none are passed over.
pub(crate) fn parse(text: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    text.lines().filter_map(assignment)
}

fn assignment(line: &str) -> Option<(&str, Cow<'_, str>)> {
    let line = line.trim_start();
    let (key, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!key.is_empty() && key.chars().all(is_name)).then(|| (key, unquote(value.trim_end())))
}

fn unquote(value: &str) -> Cow<'_, str> {
    let within = |quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(inner) = within('\'') {
        return Cow::Borrowed(inner);
    }
    match within('"') {
        Some(inner) if inner.contains('\\') => Cow::Owned(unescape(inner)),
        Some(inner) => Cow::Borrowed(inner),
        None => Cow::Borrowed(value),
    }
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => plain.push('\n'),
                Some(other) => plain.push(other),
                None => plain.push('\\'),
            },
            _ => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<(&str, &str)>) {
        let found = parse(line).next();
        assert_eq!(found.as_ref().map(|(key, value)| (*key, &**value)), expected, "{line}");
    }

    #[test]
    fn values_are_plain_or_quoted() {
        check("A=1", Some(("A", "1")));
        check("  export A_2=b c", Some(("A_2", "b c")));
        check("A=", Some(("A", "")));
        check("A='\\n$B'", Some(("A", "\\n$B")));
        check(r#"A="one\ntwo \"three\"""#, Some(("A", "one\ntwo \"three\"")));
        check("A=postgres://u:p@h/d?x=y#z", Some(("A", "postgres://u:p@h/d?x=y#z")));
        check("A=windows\r\n", Some(("A", "windows")));
    }

    #[test]
    fn lines_that_set_nothing_are_passed_over() {
        for line in ["", "# A=1", "A", "=1", "A B=1"] {
            check(line, None);
        }
    }
}

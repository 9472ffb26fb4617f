//! `.env` files: `NAME=value` a line, as foreman reads them.

/// The last value that the text gives to the name.
pub(crate) fn lookup(text: &str, name: &str) -> Option<String> {
    let mut pairs = text.lines().filter_map(pair).filter(|(key, _)| *key == name);
    pairs.next_back().map(|(_, value)| value)
}

/// A line's name and value; a comment, or what is no assignment, has none.
fn pair(line: &str) -> Option<(&str, String)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    // The first `=` counts: a URL has more of them.
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end();
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_name.then(|| (name, unquoted(value.trim())))
}

/// Single quotes keep all as it is, double quotes know `\n` and a backslash before any other character.
fn unquoted(value: &str) -> String {
    let within = |quote| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(literal) = within('\'') {
        return literal.to_owned();
    }
    let Some(escaped) = within('"') else { return value.to_owned() };
    let mut out = String::with_capacity(escaped.len());
    let mut chars = escaped.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n') => out.push('\n'),
                other => out.extend(other),
            },
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_with_and_without_quotes() {
        let check = |text, expected: Option<&str>| {
            assert_eq!(lookup(text, "A").as_deref(), expected, "{text}");
        };
        check("A=1", Some("1"));
        check("B=0\n export A = 1 \nC=2", Some("1"));
        check("A=1\nA=2", Some("2"));
        check(
            "A=mongodb://u:p@h/db?retryWrites=true&w=1",
            Some("mongodb://u:p@h/db?retryWrites=true&w=1"),
        );
        check("A='a\\n\"b'", Some("a\\n\"b"));
        check(r#"A="a\n\"b\\""#, Some("a\n\"b\\"));
        check("# A=1", None);
        check("AB=1", None);
        check("A", None);
    }
}

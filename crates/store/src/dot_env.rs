//! `.env` files, as foreman reads them (<https://ddollar.github.io/foreman/#ENVIRONMENT>): `NAME=value`,
//! one a line. A value in single quotes is taken as it is; one in double quotes has `\n` for a new line,
//! and a `\` before any other character makes it plain. Nothing is expanded, and a `#` within a value
//! belongs to it. Beyond foreman, `export NAME=value` is understood, too.

use std::borrow::Cow;

/// The variables of a `.env` file's text, in its order; where a name comes twice, the later counts.
pub fn parse(text: &str) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
    text.lines().filter_map(assignment)
}

/// The last value that the text gives to the name.
pub fn lookup(text: &str, name: &str) -> Option<String> {
    let assigned = parse(text).filter(|(key, _)| *key == name);
    assigned.last().map(|(_, value)| value.into_owned())
}

/// The lines, counted from 1, that set nothing, though they are neither blank nor a comment.
pub fn unread_lines(text: &str) -> Vec<usize> {
    let says_something = |line: &str| !line.trim().is_empty() && !line.trim().starts_with('#');
    let lines = (1..).zip(text.lines());
    let unread = lines.filter(|(_, line)| says_something(line) && assignment(line).is_none());
    unread.map(|(number, _)| number).collect()
}

fn assignment(line: &str) -> Option<(&str, Cow<'_, str>)> {
    let line = line.trim_start();
    let (key, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!key.is_empty() && key.chars().all(is_name)).then(|| (key, unquote(value)))
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

/// First every `\n` becomes a new line, then any other `\` goes: in this order `\\n` is a `\` and a new line.
fn unescape(text: &str) -> String {
    let text = text.replace("\\n", "\n");
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let escaped = rest.next_if(|&next| character == '\\' && next != '\n');
        plain.push(escaped.unwrap_or(character));
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

    /// What foreman 0.87.2 makes of these lines.
    #[test]
    fn values_are_read_as_foreman_reads_them() {
        for (line, name, value) in [
            ("A=b", "A", "b"),
            ("A=", "A", ""),
            ("a_1=x=y", "a_1", "x=y"),
            ("A= spaced ", "A", " spaced "),
            ("A=b # kept", "A", "b # kept"),
            ("A='it''s \\n $HOME'", "A", "it''s \\n $HOME"),
            (r#"A="two\nlines""#, "A", "two\nlines"),
            (r#"A="say \"hi\" \\ \$x""#, "A", "say \"hi\" \\ $x"),
            (r#"A="\\n""#, "A", "\\\n"),
            (r#"A="x\"""#, "A", "x\""),
            (r#"A="open"#, "A", "\"open"),
            ("A='", "A", "'"),
            (r#"A="dq" junk"#, "A", "\"dq\" junk"),
            ("A=postgres://u:p@h/d?x=y#z", "A", "postgres://u:p@h/d?x=y#z"),
            ("A=windows\r\n", "A", "windows"),
        ] {
            check(line, Some((name, value)));
        }
    }

    #[test]
    fn the_last_assignment_counts() {
        let text = "A=1\nAB=2\n# A=3\nA=4\nB=5";
        assert_eq!(lookup(text, "A").as_deref(), Some("4"));
        assert_eq!(lookup(text, "C"), None);
    }

    #[test]
    fn a_shells_export_is_understood() {
        check("  export A_2=b c", Some(("A_2", "b c")));
    }

    #[test]
    fn lines_that_set_nothing_are_passed_over_and_named() {
        for line in ["", "# A=1", "A", "=1", "A B=1", "A =1"] {
            check(line, None);
        }
        assert_eq!(unread_lines("# x\n\nA=1\nA =1\nexport B\r\n  # y\n"), [4, 5]);
    }
}

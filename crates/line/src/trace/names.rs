//! Names of errors.

use crate::level::is_level;

/// `ValueError: x`, `shop.errors.Empty`, `KeyboardInterrupt`: the class, and what follows the colon.
pub(super) fn exception_line(line: &str) -> Option<(&str, &str)> {
    let (name, message) = match line.split_once(": ") {
        Some((name, message)) => (name, message),
        None => (line.strip_suffix(':').unwrap_or(line), ""),
    };
    (is_dotted_name(name) && !is_level(name)).then_some((name, message))
}

/// The same, only where the name itself says that it is an error's: `java.io.IOException: x`.
pub(super) fn error_line(line: &str) -> Option<(&str, &str)> {
    exception_line(line).filter(|(name, _)| is_error_name(name)).or_else(|| {
        // JavaScript's plain `Error` is a level's name as well.
        let message = line.strip_prefix("Error: ")?;
        Some((line.get(..5)?, message))
    })
}

/// The error that a text is about: its class is the first word that is named like one.
pub(super) fn error_in(text: &str) -> (Option<&str>, &str) {
    let mut at = 0;
    for word in text.split(' ') {
        let end = at + word.len();
        let name = word.strip_suffix(':').unwrap_or(word);
        if is_dotted_name(name) && is_error_name(name) {
            let message = text.get(end..).unwrap_or_default();
            return (Some(name), message.strip_prefix(' ').unwrap_or(message));
        }
        at = end + 1;
    }
    (None, text)
}

fn is_error_name(name: &str) -> bool {
    const ENDINGS: [&str; 4] = ["Error", "Exception", "Throwable", "Interrupt"];
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn is_dotted_name(name: &str) -> bool {
    !name.is_empty()
        && name.split('.').all(|part| {
            part.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_$".contains(&byte))
        })
}

//! PHP, and what Monolog writes of an exception.

/// `PHP Fatal error:  Uncaught RuntimeException: boom in /app/index.php:3`.
pub(super) fn begins(line: &str) -> bool {
    line.strip_prefix("PHP ").unwrap_or(line).starts_with("Fatal error:")
}

/// The stack of the error in the line before.
pub(super) fn follows(line: &str) -> bool {
    matches!(line, "[stacktrace]" | "Stack trace:") || line.starts_with("#0 ")
}

pub(super) fn takes(line: &str) -> bool {
    // Monolog's exception ends with the quote and brace that its first line opened.
    follows(line) || is_frame(line) || line.starts_with("  thrown ") || line.trim_end() == "\"}"
}

/// `#3 /app/index.php(7): shop\Cart->add()`.
fn is_frame(line: &str) -> bool {
    let number = line.strip_prefix('#').and_then(|rest| rest.split(' ').next());
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

pub(super) fn error(text: &str) -> (Option<&str>, &str) {
    let first = text.lines().next().unwrap_or_default();
    let said = first.split_once("Uncaught ").map_or(first, |(_, said)| said);
    let (kind, message) = match said.split_once(": ") {
        Some((kind, message)) if !kind.contains(' ') => (Some(kind), message),
        _ => (None, said),
    };
    (kind, message.rsplit_once(" in ").map_or(message, |(message, _)| message))
}

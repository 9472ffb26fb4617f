use std::fmt::{self, Write};

/// Appends a formatted text: to a string that cannot fail, unless the value's own formatting does, and
/// then what it wrote so far stays.
pub(crate) fn push(out: &mut String, text: fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

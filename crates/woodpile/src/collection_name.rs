//! Which names a collection may have: those that every store takes.

/// The longest name; MongoDB takes 255 bytes with the database's name before it.
const MAX_BYTES: usize = 180;

/// Takes the name if MongoDB, too, does
/// (<https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions>).
///
/// # Errors
/// Says what is wrong with it.
pub(crate) fn parse(name: &str) -> Result<String, String> {
    if name.is_empty() {
        return Err("a collection needs a name".to_owned());
    }
    if name.len() > MAX_BYTES {
        return Err(format!("a collection's name has at most {MAX_BYTES} bytes"));
    }
    if name.contains(['$', '\0']) || name.starts_with("system.") || name.starts_with('.') {
        return Err(
            "a collection's name has no `$`, and does not begin with `.` or `system.`".to_owned()
        );
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_every_store_takes() {
        for name in ["access-log", "a.b", "größe", "2026", &"x".repeat(MAX_BYTES)] {
            assert_eq!(parse(name).as_deref(), Ok(name));
        }
        for name in ["", "a$b", "a\0b", "system.users", ".a", &"x".repeat(MAX_BYTES + 1)] {
            assert!(parse(name).is_err(), "{name}");
        }
    }
}

//! Values that were written as bare text.

use woodpile_record::Value;

/// The longest text that can be a number that writes itself back the same.
const MAX_NUMBER: usize = 20;

/// `7`, `12.5` and `true` as what they mean, as long as nothing of how they are written is lost: `007`, `1e3` and
/// `1.50` stay text.
pub fn typed(text: &str) -> Value<'_> {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| text.into()),
    }
}

fn number(text: &str) -> Option<Value<'_>> {
    let first = text.bytes().next()?;
    if text.len() > MAX_NUMBER || !(first.is_ascii_digit() || first == b'-') {
        return None;
    }
    if let Some(integer) = text.parse::<i64>().ok().filter(|integer| integer.to_string() == text) {
        return Some(Value::Int(integer));
    }
    let float = text.parse::<f64>().ok().filter(|float| float.to_string() == text)?;
    text.contains('.').then_some(Value::Float(float))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_writes_itself_back_is_a_number() {
        for (text, expected) in [
            ("7", Value::Int(7)),
            ("-12", Value::Int(-12)),
            ("12.5", Value::Float(12.5)),
            ("true", Value::Bool(true)),
            ("007", "007".into()),
            ("1.50", "1.50".into()),
            ("1e3", "1e3".into()),
            ("-", "-".into()),
            ("99999999999999999999", "99999999999999999999".into()),
            ("NaN", "NaN".into()),
        ] {
            assert_eq!(typed(text), expected, "{text}");
        }
    }
}

/// Hands out the tokens of a text, in lower case: the longest runs of letters and digits, in any script, and
/// underscores. Bytes that are no UTF-8 are between tokens.
///
/// What looks tokens up in a [`TokenFilter`](crate::TokenFilter) has to cut them by this.
pub fn tokens(text: &[u8], mut visit: impl FnMut(&str)) {
    let mut token = String::new();
    for chunk in text.utf8_chunks() {
        for letter in chunk.valid().chars() {
            if letter == '_' || letter.is_alphanumeric() {
                token.extend(letter.to_lowercase());
            } else if !token.is_empty() {
                visit(&token);
                token.clear();
            }
        }
        if !token.is_empty() {
            visit(&token);
            token.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &[u8], expected: &[&str]) {
        let mut found = Vec::new();
        tokens(text, |token| found.push(token.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn tokens_are_letters_digits_and_underscores() {
        check(b"GET /a_b-c?x=1 HTTP/1.1", &["get", "a_b", "c", "x", "1", "http", "1", "1"]);
        check("ÉCOLE—Straße".as_bytes(), &["école", "straße"]);
        check(b"a\xFFb", &["a", "b"]);
        check(b"", &[]);
    }
}

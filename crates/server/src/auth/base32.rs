//! Base 32 (<https://www.rfc-editor.org/rfc/rfc4648#section-6>), in small letters and without padding.

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Eight characters for every five bytes; of the last few, as many as they need.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for group in bytes.chunks(5) {
        let mut five = [0; 8];
        five[3..3 + group.len()].copy_from_slice(group);
        let bits = u64::from_be_bytes(five);
        let characters = (group.len() * 8).div_ceil(5);
        text.extend((0..characters).map(|at| {
            let index = (bits >> (35 - 5 * at)) & 31;
            char::from(ALPHABET[usize::try_from(index).unwrap_or(0)])
        }));
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_rfcs_own_examples() {
        for (bytes, expected) in [
            ("", ""),
            ("f", "my"),
            ("fo", "mzxq"),
            ("foo", "mzxw6"),
            ("foob", "mzxw6yq"),
            ("fooba", "mzxw6ytb"),
            ("foobar", "mzxw6ytboi"),
        ] {
            assert_eq!(super::encode(bytes.as_bytes()), expected);
        }
    }
}

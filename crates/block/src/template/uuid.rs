//! UUIDs (RFC 9562) in lower case: 128 bits instead of 36 letters.

/// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`
pub(super) const LENGTH: usize = 36;
const DASHES: [usize; 4] = [8, 13, 18, 23];

/// The UUID at the front of the text; `None` where a word goes on behind it.
pub(super) fn find(text: &[u8]) -> Option<u128> {
    let written = text.get(..LENGTH)?;
    let goes_on = text.get(LENGTH).is_some_and(|byte| super::token::is_word(*byte));
    let dashes = DASHES.iter().all(|at| written.get(*at) == Some(&b'-'));
    (dashes && !goes_on).then_some(())?;
    written.iter().enumerate().filter(|(at, _)| !DASHES.contains(at)).try_fold(
        0_u128,
        |number, (_, byte)| {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                _ => return None,
            };
            Some(number << 4 | u128::from(digit))
        },
    )
}

/// The inverse of [`find`].
pub(super) fn write(number: u128, out: &mut Vec<u8>) {
    let mut bytes = number.to_be_bytes().into_iter();
    for (at, length) in [4, 2, 2, 2, 6].into_iter().enumerate() {
        if at > 0 {
            out.push(b'-');
        }
        for byte in bytes.by_ref().take(length) {
            out.extend([byte >> 4, byte & 15].map(digit));
        }
    }
}

fn digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

/// Three numbers: what is a time in some versions, the version with what follows it, the variant with the rest.
pub(super) fn split(number: u128) -> [i64; 3] {
    let [high, middle, low] = [number >> 80, number >> 64 & 0xFFFF, number & u128::from(u64::MAX)];
    let part = |part: u128| u64::try_from(part).unwrap_or(u64::MAX).cast_signed();
    [part(high), part(middle), part(low)]
}

/// The inverse of [`split`].
pub(super) fn join([high, middle, low]: [i64; 3]) -> u128 {
    let part = |part: i64| u128::from(part.cast_unsigned());
    part(high) << 80 | (part(middle) & 0xFFFF) << 64 | part(low)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_would_not_come_back_is_no_uuid() {
        let uuid = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(find(uuid.as_bytes()), Some(0x0189_0a5d_ac96_774b_bcce_b302_099a_8057));
        for text in [&uuid.to_uppercase(), &uuid.replace('-', "0"), &format!("{uuid}0"), "0-"] {
            assert_eq!(find(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn uuids_come_back(number: u128) {
            let mut text = Vec::new();
            write(number, &mut text);
            prop_assert_eq!(find(&text), Some(number));
            prop_assert_eq!(join(split(number)), number);
        }
    }
}

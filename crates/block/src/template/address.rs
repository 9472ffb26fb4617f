//! IPv4 addresses: one number instead of four.

/// The most digits of one of the four numbers.
const MAX_DIGITS: usize = 3;

/// The address at the front of the text, as a number, and its length; `None` where it is longer than an
/// address, or written so that the number would not give it back.
pub(super) fn find(text: &[u8]) -> Option<(i64, usize)> {
    let (mut number, mut length) = (0, 0);
    for place in 0..4 {
        if place > 0 {
            (text.get(length) == Some(&b'.')).then_some(())?;
            length += 1;
        }
        let (byte, digits) = byte(text.get(length..)?)?;
        number = number << 8 | i64::from(byte);
        length += digits;
    }
    let goes_on = match text.get(length) {
        Some(b'.') => text.get(length + 1).is_some_and(u8::is_ascii_digit),
        Some(byte) => super::token::is_word(*byte),
        None => false,
    };
    (!goes_on).then_some((number, length))
}

/// A number up to 255 without leading zeros, and how many digits it has.
fn byte(text: &[u8]) -> Option<(u8, usize)> {
    let digits = text.iter().take(MAX_DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
    let written = text.get(..digits)?;
    let number: u16 =
        written.iter().fold(0, |number, digit| number * 10 + u16::from(digit.wrapping_sub(b'0')));
    let is_natural = digits == 1 || written.first() != Some(&b'0');
    let number = u8::try_from(number).ok().filter(|_| digits > 0 && is_natural)?;
    Some((number, digits))
}

/// The inverse of [`find`]; total.
pub(super) fn write(number: i64, out: &mut Vec<u8>) {
    let [.., a, b, c, d] = number.to_be_bytes();
    for (place, byte) in [a, b, c, d].into_iter().enumerate() {
        if place > 0 {
            out.push(b'.');
        }
        if byte >= 100 {
            out.push(b'0' + byte / 100);
        }
        if byte >= 10 {
            out.push(b'0' + byte / 10 % 10);
        }
        out.push(b'0' + byte % 10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_would_not_come_back_is_no_address() {
        for text in ["1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "1.2.3.4a", "1.2.3.0004", ""] {
            assert_eq!(find(text.as_bytes()), None, "{text}");
        }
        assert_eq!(find(b"10.0.0.1."), Some((0x0A00_0001, 8)));
    }

    proptest! {
        #[test]
        fn addresses_come_back(number: u32) {
            let mut text = Vec::new();
            write(i64::from(number), &mut text);
            prop_assert_eq!(find(&text), Some((i64::from(number), text.len())));
        }
    }
}

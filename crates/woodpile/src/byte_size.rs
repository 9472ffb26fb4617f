//! Sizes as people write them.

/// A unit, and how many bytes it is.
const UNITS: [(&str, u64); 11] = [
    ("", 1),
    ("b", 1),
    ("k", 1_000),
    ("kb", 1_000),
    ("kib", 1 << 10),
    ("m", 1_000_000),
    ("mb", 1_000_000),
    ("mib", 1 << 20),
    ("g", 1_000_000_000),
    ("gb", 1_000_000_000),
    ("gib", 1 << 30),
];

/// Bytes of `240MB`, `1.5 GB`, `480MiB` or `65536`.
pub(crate) fn parse(text: &str) -> Result<u64, String> {
    let expected = || "expected a size such as 240MB, 1.5GB or 480MiB".to_owned();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim().to_ascii_lowercase();
    let (_, bytes) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(expected)?;
    multiply(number, *bytes).ok_or_else(expected)
}

/// A decimal fraction of a unit, rounded down.
fn multiply(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let bytes = digits.checked_mul(u128::from(unit))? / scale;
    u64::try_from(bytes).ok().filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(parse(text).ok(), expected, "{text}");
    }

    #[test]
    fn sizes_have_decimal_and_binary_units() {
        check("65536", Some(65_536));
        check("240MB", Some(240_000_000));
        check("240m", Some(240_000_000));
        check("1.5 GB", Some(1_500_000_000));
        check("0.5k", Some(500));
        check("480MiB", Some(480 << 20));
        check("2gib", Some(2 << 30));
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in
            ["", "MB", "0", "0.1", "-1MB", "1TB", "1.2.3MB", "1e6", "99999999999999999999GB"]
        {
            check(text, None);
        }
    }
}

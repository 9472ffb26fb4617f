//! Numbers with units.

/// Units of durations, and how many nanoseconds each is; the longer name of two that begin alike comes first.
const DURATIONS: &[(&str, f64)] = &[
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("h", 3_600e9),
    ("d", 86_400e9),
    ("w", 604_800e9),
];

/// Units of sizes in lower case, and how many bytes each is.
const SIZES: &[(&str, f64)] = &[
    ("b", 1.0),
    ("kb", 1e3),
    ("mb", 1e6),
    ("gb", 1e9),
    ("tb", 1e12),
    ("kib", 1024.0),
    ("mib", 1_048_576.0),
    ("gib", 1_073_741_824.0),
    ("tib", 1_099_511_627_776.0),
];

/// `250ms`, `1.5s`, `1h30m`, `-5m`: nanoseconds.
pub(crate) fn duration(text: &str) -> Option<f64> {
    let (sign, mut rest) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    let mut nanos = 0.0;
    while !rest.is_empty() {
        let (number, tail) = decimal(rest)?;
        let unit = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(unit)?;
        nanos += number * named(DURATIONS, unit)?;
        rest = tail;
    }
    let is_some = text.len() > usize::from(sign < 0.0);
    is_some.then(|| (sign * nanos).round())
}

/// `10KB` (10,000), `1.5MiB` (1.5 times 1,048,576), `3B`: bytes.
pub(crate) fn size(text: &str) -> Option<f64> {
    let (number, unit) = decimal(text)?;
    Some((number * named(SIZES, &unit.to_ascii_lowercase())?).round())
}

fn named(units: &[(&str, f64)], name: &str) -> Option<f64> {
    units.iter().find(|(unit, _)| *unit == name).map(|(_, factor)| *factor)
}

/// The decimal number at the start of a text, without sign or exponent.
fn decimal(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && !number.ends_with('.');
    let number: f64 = is_number.then(|| number.parse().ok())??;
    number.is_finite().then_some((number, rest))
}

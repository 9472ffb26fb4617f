//! Zones at the end of a time.

use crate::scan::Scan;

/// The zone after a time, in seconds east of Greenwich: `Z`, `+01:00`, `+0100`, ` +0100`, ` UTC`, ` CET`.
/// Abbreviations that mean several zones are left.
pub(crate) fn offset(scan: &mut Scan<'_>) -> Option<i32> {
    let mut after = *scan;
    let spaced = after.eat(" ").is_some();
    let offset = match after.peek()? {
        b'Z' if !spaced => {
            after.eat("Z")?;
            0
        }
        b'+' | b'-' => numeric(&mut after)?,
        b'A'..=b'Z' if spaced => named(&mut after)?,
        _ => return None,
    };
    *scan = after;
    Some(offset)
}

fn numeric(scan: &mut Scan<'_>) -> Option<i32> {
    let east = scan.eat("+").is_some();
    if !east {
        scan.eat("-")?;
    }
    let hours = scan.digits(2)?;
    let colon = scan.eat(":").is_some();
    let minutes = match scan.digits(2) {
        Some(minutes) => minutes,
        None if colon => return None,
        None => 0,
    };
    let continues = scan.peek().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if continues || hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok()?;
    Some(if east { seconds } else { -seconds })
}

fn named(scan: &mut Scan<'_>) -> Option<i32> {
    let name = scan.take_while(|byte| byte.is_ascii_uppercase())?;
    if scan.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    let hours = match name {
        "UTC" | "GMT" | "WET" => 0,
        "CET" | "WEST" => 1,
        "CEST" | "EET" => 2,
        "EEST" | "MSK" => 3,
        "JST" | "KST" => 9,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => return None,
    };
    Some(hours * 3_600)
}

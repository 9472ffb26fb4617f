//! What rules did, for people.

use crate::stats::grouped;

/// What rules did to so many records; `None` if they did nothing.
pub(crate) fn of_rules(dropped: u64, masked: u64) -> Option<String> {
    let records =
        |number: u64| format!("{} record{}", grouped(number), if number == 1 { "" } else { "s" });
    let done = match (dropped, masked) {
        (0, 0) => return None,
        (dropped, 0) => format!("dropped {}", records(dropped)),
        (0, masked) => format!("masked {}", records(masked)),
        (dropped, masked) => format!("dropped {} and masked {}", records(dropped), grouped(masked)),
    };
    Some(format!("rules of the store {done}"))
}

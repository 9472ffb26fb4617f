//! Which collection an index is.

/// The index's name without the date or the number at its end: shippers begin an index a day
/// (`vector-2026.11.22`), and Elasticsearch itself one when the last is full (`logs-000002`).
pub(super) fn without_date(index: &str) -> &str {
    let is_part = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_');
    let end = index.bytes().rposition(|byte| !is_part(byte)).map_or(0, |at| at.saturating_add(1));
    let (name, suffix) = index.split_at_checked(end).unwrap_or((index, ""));
    let is_separated = suffix.starts_with(['-', '.', '_']);
    if !name.is_empty() && is_separated && is_date_or_counter(suffix) { name } else { index }
}

/// `-2026.11.22`, `-2026-11`, `-2026.47`, `-000001`.
fn is_date_or_counter(suffix: &str) -> bool {
    let mut numbers = suffix.split(['.', '-', '_']).filter(|number| !number.is_empty());
    match (numbers.next(), numbers.next()) {
        (Some(counter), None) => counter.len() == 6,
        (Some(year), Some(_)) => {
            year.len() == 4 && (year.starts_with("19") || year.starts_with("20"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_a_day_is_one_collection() {
        for (index, expected) in [
            ("vector-2026.11.22", "vector"),
            ("logstash-2026.47", "logstash"),
            ("app_2026-11-22", "app"),
            ("app.2026.11", "app"),
            ("logs-app-000002", "logs-app"),
            ("logs-generic-default", "logs-generic-default"),
            ("web-2", "web-2"),
            ("web-2-1", "web-2-1"),
            ("shop2026", "shop2026"),
            ("2026.11.22", "2026.11.22"),
            ("", ""),
        ] {
            assert_eq!(without_date(index), expected, "{index}");
        }
    }
}

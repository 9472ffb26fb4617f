use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// A database name that no other test has, also on a server that outlives the tests; within the 38
/// bytes that MongoDB Atlas allows.
#[expect(clippy::disallowed_methods, reason = "a name that differs from run to run")]
pub fn fresh_database_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("wp_{now:x}_{:x}_{count:x}", std::process::id())
}

/// The URI with another database in its path. A user who was found in the former one still is.
pub fn with_database(uri: &str, database: &str) -> String {
    let (place, options) = uri.split_once('?').unwrap_or((uri, ""));
    let start = place.find("://").map_or(0, |at| at + 3);
    let (hosts, former) = match place[start..].split_once('/') {
        Some((hosts, former)) => (&place[..start + hosts.len()], former),
        None => (place, ""),
    };
    let mut options: Vec<String> =
        options.split('&').filter(|option| !option.is_empty()).map(str::to_owned).collect();
    let names_source = options.iter().any(|option| option.starts_with("authSource="));
    if hosts.contains('@') && !former.is_empty() && !names_source {
        options.push(format!("authSource={former}"));
    }
    let mark = if options.is_empty() { "" } else { "?" };
    format!("{hosts}/{database}{mark}{}", options.join("&"))
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn the_path_names_the_database() {
        for (uri, expected) in [
            ("mongodb://h:1", "mongodb://h:1/db"),
            ("mongodb://h:1/", "mongodb://h:1/db"),
            ("mongodb://h:1/?a=b", "mongodb://h:1/db?a=b"),
            ("mongodb://u:p@h:1/shop", "mongodb://u:p@h:1/db?authSource=shop"),
            ("mongodb://u:p@h/shop?authSource=x", "mongodb://u:p@h/db?authSource=x"),
        ] {
            assert_eq!(with_database(uri, "db"), expected);
        }
    }
}

//! What each format's lines become: every `captures/NAME.log` against the records in `captures/NAME.json`.
//!
//! `WOODPILE_BLESS=1 cargo test -p woodpile-line --test captures` writes the records anew; read the difference.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use jiff::tz::TimeZone;
use std::fs;
use std::path::{Path, PathBuf};
use woodpile_line::{Context, Joined, Joiner};
use woodpile_record::{EventTime, ObjectId, json};

/// 2026-11-22T08:00:00Z
const NOW: EventTime = EventTime::from_millis(1_795_334_400_000);

/// The records of all lines, as JSON, behind the collection that each goes to.
fn records(text: &[u8]) -> String {
    let context = Context { now: NOW, zone: &TimeZone::UTC };
    let mut joiner = Joiner::new(None);
    let mut out = String::new();
    let mut emit = |Joined { route, entry, .. }: Joined<'_>| {
        out.push_str(route.collection());
        out.push(' ');
        let record = entry.encode(ObjectId::from_bytes([0; 12]), NOW);
        let mut json = String::new();
        json::write(record.as_document(), &mut json);
        let id = r#""_id":{"$oid":"000000000000000000000000"},"#;
        out.push_str(&json.replacen(id, "", 1));
        out.push('\n');
    };
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        joiner.push(line, &context, &mut emit);
    }
    joiner.finish(&context, &mut emit);
    out
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the test says whether to bless")]
fn blesses() -> bool {
    std::env::var("WOODPILE_BLESS").is_ok()
}

fn check(log: &Path) {
    let found = records(&fs::read(log).unwrap());
    let golden = log.with_extension("json");
    if blesses() {
        fs::write(&golden, &found).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap();
    for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "record {} of {}", number + 1, log.display());
    }
    assert_eq!(found.lines().count(), expected.lines().count(), "records of {}", log.display());
}

#[test]
fn captures_become_their_records() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/captures"));
    let mut logs: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    logs.retain(|path| path.extension().is_some_and(|extension| extension == "log"));
    assert!(!logs.is_empty());
    for log in logs {
        check(&log);
    }
}

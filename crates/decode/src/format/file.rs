//! What a file that is followed says, a portion of whole lines at a time.
//!
//! What a portion's records become follows from its bytes and its [`Birth`] alone: who remembers where a portion
//! begins, where it ends and when it was born can read it again after a crash, and brings the same records.

use crate::{Body, Decoded, Each};
use woodpile_line::{Context, Joined, Joiner};
use woodpile_record::{EventTime, ObjectId};

/// How much of a portion's end is looked at for a record that may go on.
const TAIL_BYTES: usize = 64 * 1024;
/// How many ids a counter of three bytes gives; no portion has as many lines.
const MAX_LINES: u64 = 1 << 24;

/// When and by whom a portion was read first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Birth {
    /// The time of records that have none themselves.
    pub now: EventTime,
    /// Random: it tells the portion's ids from those of others of the same second.
    pub origin: [u8; 5],
}

impl Birth {
    fn id(self, line: u64) -> ObjectId {
        let [.., high, middle, low] = (line % MAX_LINES).to_be_bytes();
        ObjectId::from_parts(self.now.seconds_u32(), self.origin, [high, middle, low])
    }
}

/// How many bytes of whole lines are records that no further line belongs to. 0 if all of it may be one that goes on.
pub fn settled(portion: &[u8], context: &Context<'_>) -> usize {
    let start = tail_start(portion);
    let mut joiner = Joiner::new(None);
    let mut starts = Vec::new();
    let mut at = start;
    for line in portion[start..].split_inclusive(|byte| *byte == b'\n') {
        starts.push(at);
        at += line.len();
        joiner.push_from("", line, context, &mut |_| {});
    }
    let unsettled = joiner.unsettled_from().and_then(|first| usize::try_from(first).ok());
    unsettled.and_then(|first| starts.get(first).copied()).unwrap_or(portion.len())
}

/// Where the last lines begin that are looked at.
fn tail_start(portion: &[u8]) -> usize {
    let from = portion.len().saturating_sub(TAIL_BYTES);
    if from == 0 {
        return 0;
    }
    memchr::memchr(b'\n', &portion[from..]).map_or(0, |at| from + at + 1)
}

/// Reads a portion.
pub fn decode(portion: &[u8], birth: Birth, context: &Context<'_>, each: &mut Each<'_>) {
    let context = Context { now: birth.now, ..*context };
    let mut last_time = birth.now;
    let mut emit = |joined: Joined<'_>| {
        let Joined { first, route, mut entry } = joined;
        last_time = *entry.time.get_or_insert(last_time);
        let id = Some(birth.id(first));
        each(Ok(Decoded { collection: None, body: Body::Entry { entry, route, id } }));
    };
    let mut joiner = Joiner::new(None);
    for line in portion.split_inclusive(|byte| *byte == b'\n') {
        joiner.push(line, &context, &mut emit);
    }
    joiner.finish(&context, &mut emit);
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    const NOW: EventTime = EventTime::from_millis(1_795_334_400_000);
    const CONTEXT: Context<'static> = Context { now: NOW, zone: &TimeZone::UTC };

    #[track_caller]
    fn check(complete: &str, rest: &str) {
        let portion = [complete, rest].concat();
        assert_eq!(settled(portion.as_bytes(), &CONTEXT), complete.len(), "{portion}");
    }

    #[test]
    fn a_record_that_may_go_on_is_left() {
        check("{\"a\":1}\n", "");
        check("", "");
        check("2026-11-22 07:32:45 INFO a\n", "2026-11-22 07:32:46 ERROR b\n");
        let trace = "2026-11-22 07:32:46 ERROR b\nTraceback (most recent call last):\n  File \"a.py\", line 1, in a\n";
        check("2026-11-22 07:32:45 INFO a\n", trace);
        check("", trace);
        check(&"a line\n".repeat(20_000), "the last line\n");
    }

    #[test]
    fn a_portion_becomes_the_same_records_whenever_it_is_read() {
        let portion = b"no time\n2026-11-22 07:32:45 ERROR b\n  indented\n\n{\"a\":1}\nlast\n";
        let birth = Birth { now: NOW, origin: [7; 5] };
        let read_at = |now: i64| {
            let context = Context { now: EventTime::from_millis(now), zone: &TimeZone::UTC };
            let mut records = Vec::new();
            decode(portion, birth, &context, &mut |decoded| {
                let Body::Entry { entry, id, .. } = decoded.unwrap().body else { return };
                records.push(entry.encode(id.unwrap(), context.now));
            });
            records
        };
        let records = read_at(0);
        assert_eq!(records, read_at(1_000_000));
        let numbers: Vec<_> = records
            .iter()
            .map(|r| r.as_document().get_object_id("_id").unwrap().bytes()[11])
            .collect();
        assert_eq!(numbers, [0, 1, 4, 5]);
    }
}

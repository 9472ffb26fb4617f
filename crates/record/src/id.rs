use bson::oid::ObjectId;
use std::sync::atomic::{AtomicU64, Ordering};

const COUNTER_BITS: u32 = 24;

/// Gives every record its `_id` where the record is born: ObjectIds that only grow within a process.
///
/// An ObjectId is four bytes of seconds, five that name the process and three that count
/// (<https://www.mongodb.com/docs/manual/reference/bson-types/#objectid>). Seconds and counter are
/// kept together in one number, so that ids grow even when the clock steps back or a second needs
/// more than 2^24 of them.
#[derive(Debug)]
pub struct IdSource {
    process: [u8; 5],
    last: AtomicU64,
}

impl IdSource {
    /// `process` should be random: it tells apart processes that log in the same second.
    pub const fn new(process: [u8; 5]) -> Self {
        Self { process, last: AtomicU64::new(0) }
    }

    /// The next id, for a record born at `seconds` since 1970.
    pub fn next(&self, seconds: u32) -> ObjectId {
        self.reserve(seconds, 1).next().unwrap_or_else(|| self.id(0))
    }

    /// The next `count` ids, in order, for records born at `seconds` since 1970.
    pub fn reserve(&self, seconds: u32, count: u32) -> impl Iterator<Item = ObjectId> + use<'_> {
        let floor = u64::from(seconds) << COUNTER_BITS;
        let count = u64::from(count);
        let previous = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(last.max(floor) + count)
            })
            .unwrap_or(floor);
        let first = previous.max(floor) + 1;
        (first..first + count).map(|number| self.id(number))
    }

    fn id(&self, number: u64) -> ObjectId {
        let bytes = number.to_be_bytes();
        let [_, s0, s1, s2, s3, c0, c1, c2] = bytes;
        ObjectId::from_parts(u32::from_be_bytes([s0, s1, s2, s3]), self.process, [c0, c1, c2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_when_the_clock_steps_back() {
        let ids = IdSource::new([1; 5]);
        let first = ids.next(1_000);
        let second = ids.next(900);
        assert!(second > first);
        assert_eq!(second.timestamp().timestamp_millis(), 1_000_000);
    }

    #[test]
    fn a_second_may_need_more_ids_than_the_counter_holds() {
        let ids = IdSource::new([1; 5]);
        let last = ids.reserve(7, 1 << COUNTER_BITS).last().unwrap();
        assert!(ids.next(7) > last);
    }
}

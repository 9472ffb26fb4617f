use crate::Retry;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;
use woodpile_store::StoreError;

/// How long to wait after each failure in a row.
#[derive(Debug)]
pub(crate) struct Backoff {
    retry: Retry,
    failures: u32,
    chance: RandomState,
}

impl Backoff {
    pub(crate) fn new(retry: Retry) -> Self {
        Self { retry, failures: 0, chance: RandomState::new() }
    }

    /// The wait after one more failure.
    pub(crate) fn next(&mut self, error: &StoreError) -> Duration {
        let full = if needs_people(error) { self.retry.max } else { self.doubled() };
        self.failures = self.failures.saturating_add(1);
        // Half to all of it: many processes that lost one store do not come back at one moment.
        let share = self.chance.hash_one(self.failures) % 1024;
        full / 2 + full / 2 * u32::try_from(share).unwrap_or(0) / 1024
    }

    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    fn doubled(&self) -> Duration {
        let factor = 1_u32.checked_shl(self.failures.min(31)).unwrap_or(u32::MAX);
        self.retry.first.saturating_mul(factor).min(self.retry.max)
    }
}

/// Whether waiting alone hardly helps; it is tried again all the same, in case someone mends it.
fn needs_people(error: &StoreError) -> bool {
    !error.is_temporary() && !matches!(error, StoreError::Failed { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry { first: Duration::from_millis(100), max: Duration::from_secs(1) };

    fn unavailable() -> StoreError {
        StoreError::Unavailable { location: "there".into(), reason: "asleep".into() }
    }

    fn check(waited: Duration, full_millis: u64) {
        let full = Duration::from_millis(full_millis);
        assert!(waited >= full / 2 && waited <= full, "{waited:?} of {full:?}");
    }

    #[test]
    fn waits_double_up_to_the_longest_and_start_anew_after_a_success() {
        let mut backoff = Backoff::new(RETRY);
        for full_millis in [100, 200, 400, 800, 1000, 1000] {
            check(backoff.next(&unavailable()), full_millis);
        }
        backoff.reset();
        check(backoff.next(&unavailable()), 100);
    }

    #[test]
    fn what_only_people_can_mend_waits_longest_at_once() {
        let refused = StoreError::Unauthorized { location: "there".into(), reason: "no".into() };
        check(Backoff::new(RETRY).next(&refused), 1000);
    }

    #[test]
    fn an_outage_of_any_length_overflows_nothing() {
        let mut backoff = Backoff { failures: u32::MAX - 1, ..Backoff::new(RETRY) };
        check(backoff.next(&unavailable()), 1000);
        check(backoff.next(&unavailable()), 1000);
    }
}

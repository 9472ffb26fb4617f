use std::fmt;
use std::time::Duration;

/// How long calls took, sorted.
pub(crate) struct Times(Vec<Duration>);

impl Times {
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The time that so many calls of 10,000 did not exceed.
    pub(crate) fn at(&self, per_10_000: usize) -> Duration {
        self.0[(self.0.len() - 1) * per_10_000 / 10_000]
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |per_10_000| self.at(per_10_000);
        write!(
            f,
            "median {:>9.2?}  p99 {:>9.2?}  p99.9 {:>9.2?}  p99.99 {:>9.2?}  most {:>9.2?}",
            at(5_000),
            at(9_900),
            at(9_990),
            at(9_999),
            at(10_000)
        )
    }
}

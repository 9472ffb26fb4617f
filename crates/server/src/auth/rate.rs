//! How many records a source may bring.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// So many records a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate(u32);

impl Rate {
    /// At least one a second.
    pub fn new(per_second: i64) -> Option<Self> {
        u32::try_from(per_second).ok().filter(|rate| *rate > 0).map(Self)
    }

    /// As a number.
    pub fn per_second(self) -> i64 {
        self.0.into()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.0)
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix("/s").and_then(|number| number.parse().ok());
        number.and_then(Self::new).ok_or_else(|| {
            format!("{text:?} is no rate: expected a number of records a second, such as 500/s")
        })
    }
}

/// What a source may bring right now: it fills up with time, to what a second gives. Who brings more at once is in
/// debt, and waits until it is paid.
#[derive(Debug)]
pub(crate) struct Bucket {
    level: f64,
    filled: Instant,
}

impl Bucket {
    pub(crate) fn new(rate: Rate, now: Instant) -> Self {
        Self { level: f64::from(rate.0), filled: now }
    }

    /// How long to wait until something may be brought again, if not now.
    pub(crate) fn wait(&mut self, rate: Rate, now: Instant) -> Option<Duration> {
        let per_second = f64::from(rate.0);
        let since = now.saturating_duration_since(self.filled).as_secs_f64();
        self.level = (self.level + since * per_second).min(per_second);
        self.filled = now;
        let missing = 1.0 - self.level;
        (missing > 0.0).then(|| Duration::from_secs_f64(missing / per_second))
    }

    /// So many records were brought.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a request has fewer records than a double counts"
    )]
    pub(crate) fn take(&mut self, records: u64) {
        self.level -= records as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_reads_as_it_prints() {
        assert_eq!("500/s".parse(), Ok(Rate(500)));
        assert_eq!(Rate(500).to_string(), "500/s");
        for text in ["500", "0/s", "-1/s", "x/s", "5/m", ""] {
            assert!(text.parse::<Rate>().unwrap_err().contains("500/s"), "{text}");
        }
    }

    #[test]
    fn who_brings_more_waits_until_it_is_paid() {
        let rate = Rate(100);
        let start = crate::clock::instant();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut bucket = Bucket::new(rate, start);
        assert_eq!(bucket.wait(rate, start), None);
        bucket.take(1_000);
        assert_eq!(bucket.wait(rate, at(1)).map(|wait| wait.as_secs()), Some(8));
        assert_eq!(bucket.wait(rate, at(10)), None);
        // What was not used does not gather.
        assert_eq!(bucket.wait(rate, at(1_000)), None);
        bucket.take(101);
        assert!(bucket.wait(rate, at(1_000)).is_some());
    }
}

use super::limits::{CLOSE_PERCENT, NEAR_PERCENT};
use super::{Overflow, Quota};
use woodpile_store::{CollectionStats, Store, StoreError};

/// How much of a quota is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// The quota.
    pub quota: Quota,
    /// Bytes that the store takes.
    pub used: u64,
}

/// How full that is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// There is room.
    #[default]
    Room,
    /// 80 % are used.
    Near,
    /// 95 % are used.
    Close,
    /// All is used.
    Full,
}

impl Usage {
    /// How much of its quota a store uses, if it has one.
    ///
    /// # Errors
    /// What the store says.
    pub fn of(store: &dyn Store) -> Result<Option<Self>, StoreError> {
        let Some(quota) = Quota::of(store)? else { return Ok(None) };
        Ok(Some(Self { quota, used: used_bytes(&store.collections()?) }))
    }

    /// The part that is used, rounded down.
    pub fn percent(self) -> u64 {
        let percent = u128::from(self.used) * 100 / u128::from(self.quota.bytes.max(1));
        u64::try_from(percent).unwrap_or(u64::MAX)
    }

    /// How full it is.
    pub fn level(self) -> Level {
        match self.percent() {
            _ if self.used >= self.quota.bytes => Level::Full,
            CLOSE_PERCENT.. => Level::Close,
            NEAR_PERCENT.. => Level::Near,
            _ => Level::Room,
        }
    }

    /// Bytes that are left.
    pub(super) fn room(self) -> u64 {
        self.quota.bytes.saturating_sub(self.used)
    }

    /// Whether new records are to wait.
    pub(super) fn refuses(self) -> bool {
        self.level() == Level::Full && self.quota.overflow != Overflow::Assumed
    }

    /// What new records are told.
    pub(super) fn refusal(self, location: String) -> StoreError {
        let Self { quota: Quota { bytes, overflow }, used } = self;
        let remedy = match overflow {
            Overflow::Thin => "the oldest, least severe records are to make room",
            _ => {
                "`woodpile pack --all` may make room, `woodpile quota SIZE` a larger quota, \
                 and with `--full thin` the oldest records would"
            }
        };
        let reason = format!("its quota of {bytes} bytes is used up, {used} are taken; {remedy}");
        StoreError::Full { location, reason }
    }
}

/// Bytes that all of it takes.
pub fn used_bytes(collections: &[CollectionStats]) -> u64 {
    collections.iter().map(|stats| stats.logical_bytes).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(used: u64, expected: Level) {
        let quota = Quota { bytes: 1_000, overflow: Overflow::Refuse };
        let usage = Usage { quota, used };
        assert_eq!(usage.level(), expected, "{used}");
        assert_eq!(usage.refuses(), expected == Level::Full);
    }

    #[test]
    fn the_level_follows_what_is_used() {
        check(0, Level::Room);
        check(799, Level::Room);
        check(800, Level::Near);
        check(949, Level::Near);
        check(950, Level::Close);
        check(999, Level::Close);
        check(1_000, Level::Full);
        check(u64::MAX, Level::Full);
    }

    #[test]
    fn what_is_only_assumed_refuses_nothing() {
        let quota = Quota { bytes: 1_000, overflow: Overflow::Assumed };
        assert!(!Usage { quota, used: 2_000 }.refuses());
    }
}

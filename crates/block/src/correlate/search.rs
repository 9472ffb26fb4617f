use std::ops::Range;

/// From this level of zstd on, size counts more than time.
const THOROUGH_LEVEL: i32 = 10;

/// How much is tried to find what goes together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    /// So many columns, the most expensive ones, are tried with each other.
    pub(super) pairs_of: usize,
    /// So many groups of rows tell which mode is the shortest.
    pub(super) sample_groups: usize,
    /// So many units, the most expensive ones, are tried with keys.
    pub(super) keyed: usize,
    /// So many units, the most expensive ones, are tried as keys of each.
    pub(super) keys: usize,
    /// Whether columns of many values are tried as members, too.
    pub(super) wide: bool,
}

impl Search {
    /// As thorough as zstd at this level.
    pub(super) fn of(level: i32) -> Self {
        if level < THOROUGH_LEVEL {
            Self { pairs_of: 24, sample_groups: 1, keyed: 8, keys: 8, wide: false }
        } else {
            Self { pairs_of: 64, sample_groups: 3, keyed: 16, keys: 16, wide: true }
        }
    }

    /// The groups of rows that tell about all.
    pub(super) fn sample(self, groups: &[Range<usize>]) -> Vec<Range<usize>> {
        let step = groups.len().div_ceil(self.sample_groups).max(1);
        groups.iter().skip(step / 2).step_by(step).cloned().collect()
    }
}

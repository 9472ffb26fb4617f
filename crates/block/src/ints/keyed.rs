use super::numbers::{self, Numbers};
use crate::varint::{unzigzag, zigzag};

/// The last number of each key.
struct LastOfKey(Vec<Option<i64>>);

impl LastOfKey {
    fn new(keys: &[u32]) -> Self {
        Self(vec![None; keys.iter().max().map_or(0, |most| *most as usize + 1)])
    }

    /// What the next number of a key is expected to be near: its last, or the last of all.
    fn expected(&self, key: u32, last: i64) -> i64 {
        self.0.get(key as usize).copied().flatten().unwrap_or(last)
    }

    fn set(&mut self, key: u32, value: i64) {
        if let Some(slot) = self.0.get_mut(key as usize) {
            *slot = Some(value);
        }
    }
}

/// Each number's step from the last of its key, where it has one, else from the one before.
pub(super) fn steps(values: &[i64], keys: &[u32]) -> Numbers {
    let mut of_keys = LastOfKey::new(keys);
    let mut last = 0;
    let step = |(&value, &key): (&i64, &u32)| {
        let step = value.wrapping_sub(of_keys.expected(key, last));
        of_keys.set(key, value);
        last = value;
        zigzag(step)
    };
    Numbers { head: Vec::new(), numbers: values.iter().zip(keys).map(step).collect() }
}

/// The inverse of [`steps`]; `None` where there is not a key for each number.
pub(super) fn read(bytes: &[u8], count: usize, keys: &[u32]) -> Option<Vec<i64>> {
    (keys.len() == count).then_some(())?;
    let mut of_keys = LastOfKey::new(keys);
    let mut last = 0;
    let value = |(step, &key): (u64, &u32)| {
        last = of_keys.expected(key, last).wrapping_add(unzigzag(step));
        of_keys.set(key, last);
        last
    };
    Some(numbers::read(bytes, count)?.into_iter().zip(keys).map(value).collect())
}

/// The value that each key had last, in one group of rows.
#[derive(Debug)]
pub(super) struct LastOfKey(Vec<u32>);

impl LastOfKey {
    const NONE: u32 = u32::MAX;

    pub(super) fn new(distinct_keys: u32) -> Self {
        Self(vec![Self::NONE; distinct_keys as usize])
    }

    pub(super) fn get(&self, key: u32) -> Option<u32> {
        self.0.get(key as usize).copied().filter(|id| *id != Self::NONE)
    }

    /// Remembers the value and tells the one before.
    pub(super) fn replace(&mut self, key: u32, id: u32) -> Option<u32> {
        let slot = self.0.get_mut(key as usize)?;
        Some(std::mem::replace(slot, id)).filter(|id| *id != Self::NONE)
    }
}

use crate::{Followed, Spool, SpoolKey, StoreError};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use woodpile_record::Batch;

/// A spool in memory: for outages where no disk lasts. It is gone with the process.
#[derive(Debug)]
pub struct MemorySpool {
    max_bytes: u64,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    portions: VecDeque<(SpoolKey, Vec<Followed>)>,
    records: u64,
    bytes: u64,
    last_key: i64,
}

impl MemorySpool {
    /// An empty spool that takes records of `max_bytes` in all.
    pub fn new(max_bytes: u64) -> Self {
        Self { max_bytes, waiting: Mutex::default() }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spool for MemorySpool {
    fn put(&self, batches: &[(&str, &Batch)]) -> Result<(), StoreError> {
        let portion: Vec<Followed> = batches
            .iter()
            .filter(|(_, batch)| !batch.is_empty())
            .map(|&(name, batch)| Followed { collection: name.to_owned(), batch: batch.clone() })
            .collect();
        if portion.is_empty() {
            return Ok(());
        }
        let (records, bytes) = weight(&portion);
        let mut waiting = self.waiting();
        if waiting.bytes + bytes > self.max_bytes {
            return Err(StoreError::Full {
                location: "the spool in memory".to_owned(),
                reason: format!("its bound of {} bytes is reached", self.max_bytes),
            });
        }
        waiting.last_key += 1;
        waiting.records += records;
        waiting.bytes += bytes;
        let key = SpoolKey(waiting.last_key);
        waiting.portions.push_back((key, portion));
        Ok(())
    }

    fn oldest(&self) -> Result<Option<(SpoolKey, Vec<Followed>)>, StoreError> {
        Ok(self.waiting().portions.front().cloned())
    }

    fn remove(&self, key: SpoolKey) -> Result<(), StoreError> {
        let mut waiting = self.waiting();
        if let Some(index) = waiting.portions.iter().position(|(found, _)| *found == key)
            && let Some((_, portion)) = waiting.portions.remove(index)
        {
            let (records, bytes) = weight(&portion);
            waiting.records -= records;
            waiting.bytes -= bytes;
        }
        Ok(())
    }

    fn waiting(&self) -> Result<(u64, u64), StoreError> {
        let waiting = Self::waiting(self);
        Ok((waiting.records, waiting.bytes))
    }
}

/// Records and bytes of a portion.
fn weight(portion: &[Followed]) -> (u64, u64) {
    portion.iter().fold((0, 0), |(records, bytes), followed| {
        let batch = &followed.batch;
        (records + batch.len() as u64, bytes + batch.as_bytes().len() as u64)
    })
}

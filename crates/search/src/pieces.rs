//! Bytes of a block that is far away: read in whole pieces, of which the last ones are kept, as each read is a look-up
//! over the network.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use woodpile_block::BlockError;

/// So many pieces of a block are kept.
const KEPT_PIECES: usize = 4;

#[derive(Debug)]
pub(crate) struct Pieces {
    /// The bytes of a piece.
    size: u64,
    /// The bytes of the block.
    end: u64,
    kept: Mutex<VecDeque<(u64, Arc<Vec<u8>>)>>,
}

impl Pieces {
    /// Of a block with so many bytes.
    pub(crate) fn new(size: u64, end: u64) -> Self {
        Self { size: size.max(1), end, kept: Mutex::default() }
    }

    /// The bytes of memory that the kept ones take.
    pub(crate) fn bytes(&self) -> usize {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().map(|(_, piece)| piece.len()).sum()
    }

    /// The bytes of a range; what is missing of it is fetched.
    pub(crate) fn read(
        &self,
        range: Range<u64>,
        fetch: impl Fn(Range<u64>) -> Result<Vec<u8>, BlockError>,
    ) -> Result<Vec<u8>, BlockError> {
        if range.start >= range.end || range.end > self.end {
            return fetch(range);
        }
        let mut bytes = Vec::new();
        let first = range.start / self.size;
        for number in first..=(range.end - 1) / self.size {
            bytes.extend_from_slice(&self.piece(number, &fetch)?);
        }
        let skipped = range.start - first * self.size;
        let place =
            usize::try_from(skipped).ok().zip(usize::try_from(range.end - range.start).ok());
        let found = place.and_then(|(start, length)| bytes.get(start..start.checked_add(length)?));
        let short =
            || BlockError::Source { reason: "fewer bytes came than were asked for".to_owned() };
        found.map(<[u8]>::to_vec).ok_or_else(short)
    }

    fn piece(
        &self,
        number: u64,
        fetch: impl Fn(Range<u64>) -> Result<Vec<u8>, BlockError>,
    ) -> Result<Arc<Vec<u8>>, BlockError> {
        let kept = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept().iter().find(|(own, _)| *own == number).map(|(_, piece)| piece.clone());
        if let Some(piece) = known {
            return Ok(piece);
        }
        let start = number * self.size;
        let piece = Arc::new(fetch(start..start.saturating_add(self.size).min(self.end))?);
        let mut kept = kept();
        kept.push_back((number, Arc::clone(&piece)));
        if kept.len() > KEPT_PIECES {
            kept.pop_front();
        }
        Ok(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn each_piece_is_fetched_once() {
        let block: Vec<u8> = (0..=99).collect();
        let pieces = Pieces::new(32, 100);
        let fetched = RefCell::new(Vec::new());
        let fetch = |range: Range<u64>| {
            fetched.borrow_mut().push(range.clone());
            let range = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
            let found = range.and_then(|(start, end)| block.get(start..end));
            let missing = || BlockError::Source { reason: "no such bytes".to_owned() };
            found.map(<[u8]>::to_vec).ok_or_else(missing)
        };
        for range in [0..4, 0..40, 30..66, 99..100, 95..100, 50..50, 0..100] {
            let expected: Vec<u8> = range.clone().collect();
            let range = u64::from(range.start)..u64::from(range.end);
            assert_eq!(pieces.read(range, fetch), Ok(expected));
        }
        assert_eq!(*fetched.borrow(), [0..32, 32..64, 64..96, 96..100, 50..50]);
        assert_eq!(pieces.bytes(), 100);
        assert!(pieces.read(90..101, fetch).is_err());
    }
}

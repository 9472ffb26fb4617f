//! Bytes of a block that is far away: read in whole pieces, of which the last ones are kept, as each read is a look-up
//! over the network.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use woodpile_block::BlockError;

/// So many pieces of a block are kept: its head and what the groups need that are asked at once.
const KEPT_PIECES: usize = 8;

#[derive(Debug)]
pub(crate) struct Pieces {
    /// The bytes of a piece.
    size: u64,
    /// The bytes of the block.
    end: u64,
    /// Those that were used last.
    kept: Mutex<VecDeque<(u64, Piece)>>,
}

/// A piece, once it was fetched: who wants it meanwhile waits for it.
type Piece = Arc<Mutex<Option<Arc<Vec<u8>>>>>;

impl Pieces {
    /// Of a block with so many bytes.
    pub(crate) fn new(size: u64, end: u64) -> Self {
        Self { size: size.max(1), end, kept: Mutex::default() }
    }

    /// The bytes of memory that the kept ones take.
    pub(crate) fn bytes(&self) -> usize {
        let pieces: Vec<Piece> = self.kept().iter().map(|(_, piece)| Arc::clone(piece)).collect();
        pieces.iter().map(|piece| lock(piece).as_ref().map_or(0, |bytes| bytes.len())).sum()
    }

    /// Keeps none any more.
    pub(crate) fn clear(&self) {
        self.kept().clear();
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
        let piece = self.used(number);
        let mut piece = lock(&piece);
        if let Some(bytes) = &*piece {
            return Ok(Arc::clone(bytes));
        }
        let start = number * self.size;
        let bytes = Arc::new(fetch(start..start.saturating_add(self.size).min(self.end))?);
        *piece = Some(Arc::clone(&bytes));
        Ok(bytes)
    }

    /// The piece of this number, which is the last one used now.
    fn used(&self, number: u64) -> Piece {
        let mut kept = self.kept();
        let known = kept.iter().position(|(own, _)| *own == number);
        let piece =
            known.and_then(|at| kept.remove(at)).map(|(_, piece)| piece).unwrap_or_default();
        kept.push_back((number, Arc::clone(&piece)));
        if kept.len() > KEPT_PIECES {
            kept.pop_front();
        }
        piece
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<(u64, Piece)>> {
        lock(&self.kept)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::thread;

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
        pieces.clear();
        assert_eq!(pieces.bytes(), 0);
    }

    #[test]
    fn who_wants_a_piece_that_comes_already_waits_for_it() {
        let pieces = Pieces::new(32, 100);
        let (begun, has_begun) = mpsc::channel();
        let (go_on, goes_on) = mpsc::channel::<()>();
        let (fetched, goes_on) = (AtomicUsize::new(0), Mutex::new(goes_on));
        let fetch = |range: Range<u64>| {
            fetched.fetch_add(1, Ordering::SeqCst);
            begun.send(()).unwrap();
            goes_on.lock().unwrap().recv().unwrap();
            Ok(range.map(|byte| u8::try_from(byte).unwrap()).collect())
        };
        let read = || pieces.read(5..7, fetch).unwrap();
        thread::scope(|scope| {
            let readers = [scope.spawn(read), scope.spawn(read)];
            has_begun.recv().unwrap();
            go_on.send(()).unwrap();
            for reader in readers {
                assert_eq!(reader.join().unwrap(), [5, 6]);
            }
        });
        assert_eq!(fetched.load(Ordering::SeqCst), 1);
    }
}

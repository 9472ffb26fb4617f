use crate::BlockError;
use std::ops::Range;
use std::sync::Arc;

/// Where a block's bytes come from.
pub trait Bytes {
    /// The bytes of a range, all of them.
    ///
    /// # Errors
    /// [`BlockError::Source`] says why they cannot be had.
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError>;
}

impl Bytes for [u8] {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        let range = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let bytes = range.and_then(|(start, end)| self.get(start..end));
        bytes.map(<[u8]>::to_vec).ok_or_else(|| BlockError::damaged("the block's end"))
    }
}

impl Bytes for Vec<u8> {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        self.as_slice().read(range)
    }
}

impl<B: Bytes + ?Sized> Bytes for &B {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        (**self).read(range)
    }
}

impl<B: Bytes + ?Sized> Bytes for Arc<B> {
    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, BlockError> {
        (**self).read(range)
    }
}

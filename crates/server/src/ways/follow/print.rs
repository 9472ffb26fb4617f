use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use woodpile_decode::stable_hash;

/// How many bytes tell a file from another.
const PRINT_BYTES: u64 = 256;

/// The hash of some bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Print {
    pub(super) start: u64,
    pub(super) bytes: u64,
    pub(super) hash: u64,
}

impl Print {
    /// Of the first bytes of a file of which `length` are there.
    pub(super) fn of_head(file: &File, length: u64) -> io::Result<Self> {
        Self::of(file, 0, length.min(PRINT_BYTES))
    }

    /// Of the last bytes before `end`.
    pub(super) fn of_tail(file: &File, end: u64) -> io::Result<Self> {
        let start = end.saturating_sub(PRINT_BYTES);
        Self::of(file, start, end - start)
    }

    fn of(file: &File, start: u64, bytes: u64) -> io::Result<Self> {
        let mut buffer = vec![0; usize::try_from(bytes).unwrap_or(0)];
        file.read_exact_at(&mut buffer, start)?;
        Ok(Self { start, bytes, hash: stable_hash(&[&buffer]) })
    }

    /// Whether it can grow with its file.
    pub(super) fn is_short(&self) -> bool {
        self.bytes < PRINT_BYTES
    }

    /// Whether the file has these bytes there. One that is shorter has not.
    pub(super) fn is_of(&self, file: &File) -> io::Result<bool> {
        match Self::of(file, self.start, self.bytes) {
            Ok(found) => Ok(found == *self),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }
}

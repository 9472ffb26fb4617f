//! Our own standard output and error, written to at once: no buffer, no lines.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, retry_on_intr};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Where bytes go as they are.
#[derive(Debug)]
pub(crate) struct Output(OwnedFd);

impl Output {
    /// Standard output.
    pub(crate) fn stdout() -> io::Result<Self> {
        Self::of(io::stdout().as_fd())
    }

    /// Standard error.
    pub(crate) fn stderr() -> io::Result<Self> {
        Self::of(io::stderr().as_fd())
    }

    fn of(descriptor: BorrowedFd<'_>) -> io::Result<Self> {
        Ok(Self(descriptor.try_clone_to_owned()?))
    }

    /// Writes all of it; waits as long as the reader does not read.
    pub(crate) fn write(&self, mut bytes: &[u8]) -> Result<(), Errno> {
        while !bytes.is_empty() {
            match rustix::io::write(&self.0, bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(Errno::INTR) => {}
                // Whoever shares our terminal may have made it non-blocking.
                Err(Errno::AGAIN) => self.wait()?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn wait(&self) -> Result<(), Errno> {
        retry_on_intr(|| poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None))?;
        Ok(())
    }
}

//! The reading end of a process's output.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, retry_on_intr};
use std::io::PipeReader;
use std::os::fd::OwnedFd;

/// How long a pipe that stays open after its process has ended may be silent.
const LINGER: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };
/// How much may still come then: as much as a pipe may hold (Linux, `fs.pipe-max-size`). What is more was
/// printed later, by a process that was left behind.
const MAX_LATE_BYTES: usize = 1024 * 1024;

/// A pipe, and whether the process behind it has ended.
#[derive(Debug)]
pub(crate) struct Source {
    pipe: OwnedFd,
    /// At its end when the process has ended.
    ended: PipeReader,
    has_ended: bool,
    late_bytes: usize,
}

/// What a source had.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// So many bytes are in the buffer.
    Bytes(usize),
    /// Nothing for a while.
    Quiet,
    /// All there was.
    End,
    /// The process has ended, but another one still holds the pipe.
    LeftOpen,
}

impl Source {
    /// `ended` is at its end once the process has ended.
    pub(crate) fn new(pipe: OwnedFd, ended: PipeReader) -> Self {
        Self { pipe, ended, has_ended: false, late_bytes: 0 }
    }

    /// Waits for what comes next; [`Event::Quiet`] when nothing came for so long.
    pub(crate) fn next(
        &mut self,
        buffer: &mut [u8],
        quiet: Option<Timespec>,
    ) -> Result<Event, Errno> {
        loop {
            let timeout = if self.has_ended { Some(LINGER) } else { quiet };
            let ready = self.wait(timeout)?;
            if ready.pipe {
                return self.read(buffer);
            }
            if self.has_ended {
                return Ok(Event::LeftOpen);
            }
            if !ready.ended {
                return Ok(Event::Quiet);
            }
            self.has_ended = true;
        }
    }

    fn wait(&self, timeout: Option<Timespec>) -> Result<Ready, Errno> {
        let mut watched =
            [PollFd::new(&self.pipe, PollFlags::IN), PollFd::new(&self.ended, PollFlags::IN)];
        // Once the process has ended its own pipe would always be ready.
        let count = if self.has_ended { 1 } else { 2 };
        retry_on_intr(|| poll(&mut watched[..count], timeout.as_ref()))?;
        let [pipe, ended] = watched.map(|watched| !watched.revents().is_empty());
        Ok(Ready { pipe, ended })
    }

    fn read(&mut self, buffer: &mut [u8]) -> Result<Event, Errno> {
        let count = retry_on_intr(|| rustix::io::read(&self.pipe, &mut *buffer))?;
        if self.has_ended {
            self.late_bytes += count;
        }
        Ok(match count {
            0 => Event::End,
            _ if self.late_bytes > MAX_LATE_BYTES => Event::LeftOpen,
            count => Event::Bytes(count),
        })
    }
}

struct Ready {
    pipe: bool,
    ended: bool,
}

//! One stream of a process: shown first, then kept.

use super::capture::Capture;
use super::output::Output;
use super::source::{Event, Source};
use rustix::io::Errno;

/// The most that is read at once: what a pipe holds by default.
const BUFFER_BYTES: usize = 64 * 1024;

/// Where a stream is shown.
pub(crate) trait Show {
    /// Shows what came.
    fn show(&mut self, bytes: &[u8]) -> Result<(), Errno>;

    /// The stream has ended.
    fn end(&mut self) -> Result<(), Errno> {
        Ok(())
    }
}

impl Show for Output {
    fn show(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        self.write(bytes)
    }
}

/// Why a stream was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It came to its end, or nobody looks any more.
    Closed,
    /// Its process has ended, but another one still holds it.
    LeftOpen,
}

/// Shows and keeps a stream to its end. If nobody looks any more, the process learns it as it would
/// without us: its pipe breaks.
pub(crate) fn pass(mut source: Source, mut screen: impl Show, mut capture: Capture<'_>) -> Ending {
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut ending = Ending::Closed;
    while let Ok(event) = source.next(&mut buffer, capture.patience()) {
        match event {
            Event::Bytes(count) => {
                let shown = screen.show(&buffer[..count]);
                capture.take(&buffer[..count]);
                if shown.is_err() {
                    break;
                }
            }
            Event::Quiet => capture.settle(),
            Event::End => break,
            Event::LeftOpen => {
                ending = Ending::LeftOpen;
                break;
            }
        }
    }
    // A screen that is gone was found out before.
    let _ = screen.end();
    capture.finish();
    ending
}

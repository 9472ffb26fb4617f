//! Standard input, whose sender may be slow.

use crate::clock;
use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use std::io::{self, Cursor, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// After so long what has come is kept, although more may come.
const PATIENCE: Duration = Duration::from_secs(1);
const BUFFER_BYTES: usize = 64 * 1024;
const BUFFERS: usize = 16;

/// Standard input, read by a thread of its own, so that a slow sender holds up neither the records that came before
/// nor Ctrl-C. Every second a read fails with [`ErrorKind::WouldBlock`]: the next one goes on.
#[derive(Debug)]
pub(super) struct Stdin {
    buffers: Receiver<io::Result<Vec<u8>>>,
    current: Cursor<Vec<u8>>,
    pause: Instant,
}

impl Stdin {
    pub(super) fn open() -> Self {
        let (sender, buffers) = bounded(BUFFERS);
        std::thread::spawn(move || {
            loop {
                let mut buffer = vec![0; BUFFER_BYTES];
                let read = io::stdin().read(&mut buffer);
                let is_last = !matches!(read, Ok(1..));
                let buffer = read.map(|count| {
                    buffer.truncate(count);
                    buffer
                });
                if sender.send(buffer).is_err() || is_last {
                    return;
                }
            }
        });
        Self { buffers, current: Cursor::default(), pause: clock::instant() + PATIENCE }
    }
}

impl Read for Stdin {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.current.read(buffer)?;
        if count > 0 || buffer.is_empty() {
            return Ok(count);
        }
        match self.buffers.recv_deadline(self.pause) {
            Ok(Ok(bytes)) => {
                self.current = Cursor::new(bytes);
                self.current.read(buffer)
            }
            Ok(Err(error)) => Err(error),
            Err(RecvTimeoutError::Disconnected) => Ok(0),
            Err(RecvTimeoutError::Timeout) => {
                self.pause = clock::instant() + PATIENCE;
                Err(ErrorKind::WouldBlock.into())
            }
        }
    }
}

/// Waits for a slow sender, for readers that cannot be interrupted; Ctrl-C is the end.
#[derive(Debug)]
pub(super) struct Patient<R> {
    inner: R,
    interrupted: Arc<AtomicBool>,
}

impl<R> Patient<R> {
    pub(super) fn new(inner: R, interrupted: Arc<AtomicBool>) -> Self {
        Self { inner, interrupted }
    }
}

impl<R: Read> Read for Patient<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.inner.read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if self.interrupted.load(Ordering::Relaxed) {
                        return Ok(0);
                    }
                }
                done => return done,
            }
        }
    }
}

//! A connection that neither waits for ever for its reader, nor cuts off an answer.

use crate::limits::{LINGER, LINGER_IDLE, MAX_LINGER_BYTES};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// Fails a write that makes no progress for a while. When it is closed it goes on to read what the client still sends,
/// for a while: a system that has bytes nobody read resets the connection, and the answer is lost with it.
#[derive(Debug)]
pub(crate) struct Stream<S> {
    inner: S,
    patience: Duration,
    /// Runs while a write waits.
    timer: Option<Pin<Box<Sleep>>>,
    /// Once our side is closed.
    closing: Option<Closing>,
}

/// How much longer a closed connection is read from.
#[derive(Debug)]
struct Closing {
    bytes_left: usize,
    /// Runs from the first moment on.
    whole: Pin<Box<Sleep>>,
    /// Runs from the last bytes on.
    idle: Pin<Box<Sleep>>,
}

impl Default for Closing {
    fn default() -> Self {
        Self {
            bytes_left: MAX_LINGER_BYTES,
            whole: Box::pin(sleep(LINGER)),
            idle: Box::pin(sleep(LINGER_IDLE)),
        }
    }
}

impl Closing {
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        self.bytes_left == 0
            || self.whole.as_mut().poll(context).is_ready()
            || self.idle.as_mut().poll(context).is_ready()
    }

    fn took(&mut self, bytes: usize) {
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
        self.idle.as_mut().reset(Instant::now() + LINGER_IDLE);
    }
}

impl<S> Stream<S> {
    pub(crate) fn new(inner: S, patience: Duration) -> Self {
        Self { inner, patience, timer: None, closing: None }
    }

    /// What a write said, or that it took too long.
    fn judge<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.timer = None;
            return written;
        }
        let patience = self.patience;
        ready!(self.timer.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> Stream<S> {
    /// Reads what still comes, until the client closes, too, or it has been enough.
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let closing = self.closing.get_or_insert_default();
        let mut scratch = [0; 4096];
        while !closing.is_over(context) {
            let mut buffer = ReadBuf::new(&mut scratch);
            let read = ready!(Pin::new(&mut self.inner).poll_read(context, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                break;
            }
            closing.took(buffer.filled().len());
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.judge(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, bytes);
        self.judge(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.inner).poll_flush(context);
        self.judge(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.closing.is_none() {
            let closed = Pin::new(&mut self.inner).poll_shutdown(context);
            ready!(self.judge(context, closed))?;
        }
        self.poll_linger(context).map(Ok)
    }
}

//! A connection that neither waits for ever for its reader, nor cuts off an answer.

use crate::limits::{LINGER, MAX_LINGER_BYTES};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// Fails a write that makes no progress for a while. When it is closed it goes on to read what the client still sends,
/// for a while: a system that has bytes nobody read resets the connection, and the answer is lost with it.
#[derive(Debug)]
pub(crate) struct Stream<S> {
    stream: S,
    patience: Duration,
    /// Runs while a write waits, and while it is closed.
    timer: Option<Pin<Box<Sleep>>>,
    /// Once our side is closed: how many bytes more are read.
    closing: Option<usize>,
}

impl<S> Stream<S> {
    pub(crate) fn new(stream: S, patience: Duration) -> Self {
        Self { stream, patience, timer: None, closing: None }
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
        ready!(self.poll_timer(context, self.patience));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_timer(&mut self, context: &mut Context<'_>, patience: Duration) -> Poll<()> {
        self.timer.get_or_insert_with(|| Box::pin(sleep(patience))).as_mut().poll(context)
    }
}

impl<S: AsyncRead + Unpin> Stream<S> {
    /// Reads what still comes, until the client closes, too, or it has been enough. Where nothing has come that nobody
    /// read, there is nothing to wait for.
    fn poll_linger(&mut self, context: &mut Context<'_>, left: &mut usize) -> Poll<()> {
        let mut scratch = [0; 4096];
        while *left > 0 && self.poll_timer(context, LINGER).is_pending() {
            let mut buffer = ReadBuf::new(&mut scratch);
            let read = Pin::new(&mut self.stream).poll_read(context, &mut buffer);
            if read.is_pending() && *left < MAX_LINGER_BYTES {
                return Poll::Pending;
            }
            if buffer.filled().is_empty() {
                break;
            }
            *left = left.saturating_sub(buffer.filled().len());
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
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.judge(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.judge(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut left = if let Some(left) = self.closing {
            left
        } else {
            let closed = Pin::new(&mut self.stream).poll_shutdown(context);
            ready!(self.judge(context, closed))?;
            MAX_LINGER_BYTES
        };
        let lingered = self.poll_linger(context, &mut left);
        self.closing = Some(left);
        lingered.map(Ok)
    }
}

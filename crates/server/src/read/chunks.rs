use bytes::Bytes;
use http_body::{Body, Frame};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc::Receiver;

/// A body of what comes through a channel. When it is dropped, whoever sends is told.
#[derive(Debug)]
pub(crate) struct Chunks {
    first: Option<Bytes>,
    rest: Receiver<Result<Bytes, CutOff>>,
}

/// Why a body ends before its end: the connection is cut off, so that nobody takes it for whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CutOff(pub(crate) String);

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CutOff {}

impl Chunks {
    pub(crate) fn new(first: Bytes, rest: Receiver<Result<Bytes, CutOff>>) -> Self {
        Self { first: Some(first).filter(|first| !first.is_empty()), rest }
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, CutOff>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        self.rest.poll_recv(context).map(|next| next.map(|chunk| chunk.map(Frame::data)))
    }
}

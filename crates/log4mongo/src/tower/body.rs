use crate::tower::access::PendingRecord;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

pin_project! {
    /// A response's body that counts what is sent; the access record is written when it ends or is dropped.
    #[derive(Debug)]
    pub struct LoggedBody<B> {
        #[pin]
        inner: B,
        record: Option<PendingRecord>,
    }
}

impl<B: Body> LoggedBody<B> {
    pub(crate) fn new(inner: B, record: PendingRecord) -> Self {
        let mut body = Self { inner, record: Some(record) };
        if body.inner.is_end_stream() {
            end(&mut body.record);
        }
        body
    }
}

fn end(record: &mut Option<PendingRecord>) {
    if let Some(record) = record.take() {
        record.ended();
    }
}

impl<B: Body> Body for LoggedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let frame = ready!(this.inner.as_mut().poll_frame(context));
        if let Some(record) = this.record {
            record.sent(frame.as_ref().and_then(|frame| frame.as_ref().ok()));
        }
        if frame.is_none() || this.inner.is_end_stream() {
            end(this.record);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

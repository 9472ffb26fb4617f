use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What a client is told of a panic: nothing of its cause.
const TEXT: &str = "Internal Server Error\n";

pin_project! {
    /// The service's own body, or the short text that answers a panic.
    #[derive(Debug)]
    pub struct AnswerBody<B> {
        #[pin]
        inner: Option<B>,
        is_sent: bool,
    }
}

impl<B> AnswerBody<B> {
    pub(crate) fn of_service(inner: B) -> Self {
        Self { inner: Some(inner), is_sent: false }
    }

    pub(crate) fn of_panic() -> Self {
        Self { inner: None, is_sent: false }
    }
}

impl<B> Body for AnswerBody<B>
where
    B: Body,
    B::Data: From<&'static str>,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        match this.inner.as_pin_mut() {
            Some(inner) => inner.poll_frame(context),
            None if *this.is_sent => Poll::Ready(None),
            None => {
                *this.is_sent = true;
                Poll::Ready(Some(Ok(Frame::data(TEXT.into()))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().map_or(self.is_sent, Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let text = SizeHint::with_exact(if self.is_sent { 0 } else { TEXT.len() as u64 });
        self.inner.as_ref().map_or(text, Body::size_hint)
    }
}

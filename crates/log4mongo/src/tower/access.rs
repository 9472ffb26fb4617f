use crate::Log4Mongo;
use crate::channel::Kind;
use crate::level::Level;
use crate::tower::body::LoggedBody;
use crate::tower::client::ClientAddr;
use crate::tower::combined::combined_line;
use crate::tower::request::{REQUEST_ID, RemoteUser, RequestId, RequestReader, Seen};
use bytes::Buf;
use http::{Extensions, Request, Response, StatusCode};
use http_body::{Body, Frame};
use pin_project_lite::pin_project;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tower_layer::Layer;
use tower_service::Service;
use woodpile_record::Entry;

/// The status that nginx invented for a client that left before it was answered.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// Writes one access record for every request: see [`Log4Mongo::access_log`].
#[derive(Debug, Clone)]
pub struct AccessLogLayer {
    log: Log4Mongo,
    reader: RequestReader,
}

impl AccessLogLayer {
    pub(crate) fn new(log: Log4Mongo) -> Self {
        Self { log, reader: RequestReader::default() }
    }

    /// Whose address a record shows; without it, the connection's.
    #[must_use]
    pub fn client(mut self, client: ClientAddr) -> Self {
        self.reader.client = client;
        self
    }

    /// Where the connection's address is found in a request's extensions; without it, as a plain
    /// [`SocketAddr`]. For axum:
    /// `.peer(|extensions| extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0))`.
    #[must_use]
    pub fn peer(mut self, peer: fn(&Extensions) -> Option<SocketAddr>) -> Self {
        self.reader.peer = Some(peer);
        self
    }
}

impl<S> Layer<S> for AccessLogLayer {
    type Service = AccessLog<S>;

    fn layer(&self, inner: S) -> AccessLog<S> {
        AccessLog { inner, layer: self.clone() }
    }
}

/// A service whose requests are recorded.
#[derive(Debug, Clone)]
pub struct AccessLog<S> {
    inner: S,
    layer: AccessLogLayer,
}

impl<S, B, R> Service<Request<B>> for AccessLog<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Body,
{
    type Response = Response<LoggedBody<R>>;
    type Error = S::Error;
    type Future = AccessLogFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let log = &self.layer.log;
        let seen = Arc::new(self.layer.reader.read(&request, || log.new_id().to_hex()));
        request.extensions_mut().insert(RequestId(seen.request_id.clone()));
        request.extensions_mut().insert(Arc::clone(&seen));
        let record = PendingRecord::new(log.clone(), seen);
        AccessLogFuture { inner: self.inner.call(request), record: Some(record) }
    }
}

pin_project! {
    /// The answer to come.
    #[derive(Debug)]
    pub struct AccessLogFuture<F> {
        #[pin]
        inner: F,
        record: Option<PendingRecord>,
    }
}

impl<F, R, E> Future for AccessLogFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Body,
{
    type Output = Result<Response<LoggedBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = ready!(this.inner.poll(context));
        // Only a future that is polled again after its end has none.
        let Some(mut record) = this.record.take() else { return Poll::Pending };
        Poll::Ready(match answer {
            Ok(response) => Ok(record.answered(response)),
            Err(error) => {
                record.status = Some(StatusCode::INTERNAL_SERVER_ERROR.as_u16());
                record.ended();
                Err(error)
            }
        })
    }
}

/// An access record to be. Wherever it is dropped the request is over, and it is written.
#[derive(Debug)]
pub(crate) struct PendingRecord {
    log: Log4Mongo,
    seen: Arc<Seen>,
    status: Option<u16>,
    user: Option<String>,
    bytes: u64,
    is_whole: bool,
}

impl PendingRecord {
    fn new(log: Log4Mongo, seen: Arc<Seen>) -> Self {
        Self { log, seen, status: None, user: None, bytes: 0, is_whole: false }
    }

    fn answered<R: Body>(mut self, mut response: Response<R>) -> Response<LoggedBody<R>> {
        self.status = Some(response.status().as_u16());
        self.user = response.extensions().get::<RemoteUser>().map(|user| user.0.clone());
        // A server does not send, or even look at, the body that answers a HEAD.
        self.is_whole = self.seen.is_head();
        if let Some(id) = self.seen.header_value() {
            response.headers_mut().entry(REQUEST_ID).or_insert(id);
        }
        response.map(|body| LoggedBody::new(body, self))
    }

    /// Counts a frame of the body.
    pub(crate) fn sent<D: Buf>(&mut self, frame: Option<&Frame<D>>) {
        let data = frame.and_then(Frame::data_ref);
        self.bytes += data.map_or(0, |data| u64::try_from(data.remaining()).unwrap_or_default());
    }

    /// The body came to its end.
    pub(crate) fn ended(mut self) {
        self.is_whole = true;
    }

    fn final_status(&self) -> u16 {
        self.status.unwrap_or(if std::thread::panicking() {
            StatusCode::INTERNAL_SERVER_ERROR.as_u16()
        } else {
            CLIENT_CLOSED_REQUEST
        })
    }

    fn write(&self) {
        let status = self.final_status();
        let now = crate::clock::now();
        let mut http = self.seen.http();
        http.status = Some(i32::from(status));
        http.bytes = i64::try_from(self.bytes).ok();
        http.user = self.user.as_deref().map(Into::into);
        let level = if status < 500 { Level::Info } else { Level::Error };
        let mut entry = Entry {
            time: Some(now),
            logger_name: Some("http.access".into()),
            message: combined_line(&http, now).into(),
            ..Entry::default()
        };
        entry.http = Some(Box::new(http));
        if let Some(claimed) = &self.seen.client.claimed {
            entry.fields.push(("fwd".into(), claimed.as_str().into()));
        }
        if !self.is_whole {
            entry.fields.push(("aborted".into(), true.into()));
        }
        self.log.write(Kind::Access, entry, level);
    }
}

impl Drop for PendingRecord {
    fn drop(&mut self) {
        self.write();
    }
}

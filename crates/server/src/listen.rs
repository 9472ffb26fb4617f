//! Accepts connections and serves HTTP on each.

use crate::app::App;
use crate::error::{ApiError, RETRY_SOON};
use crate::limits::{ACCEPT_PAUSE, BACKLOG, MAX_HEAD_BYTES, MAX_STREAMS};
use crate::stream::Stream;
use crate::tls::Certificate;
use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tower_service::Service;

/// What TLS calls HTTP/2 (<https://www.rfc-editor.org/rfc/rfc9113#section-3.2>).
const H2: &[u8] = b"h2";

/// Who is at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Takes the address.
pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that is started again takes the address although connections of the former are not forgotten yet.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves HTTP.
#[derive(Debug)]
pub(crate) struct HttpListener {
    pub(crate) app: Arc<App>,
    pub(crate) router: Router,
    pub(crate) certificate: Option<Arc<Certificate>>,
    /// The most at once.
    pub(crate) connections: usize,
}

impl HttpListener {
    /// Accepts until the server is to end, and returns when what was under way has ended.
    pub(crate) async fn run(self, listener: TcpListener) {
        let this = Arc::new(self);
        let graceful = GracefulShutdown::new();
        let places = Arc::new(Semaphore::new(this.connections));
        let accepting = async {
            loop {
                match listener.accept().await {
                    Ok((stream, peer)) => {
                        let place = Arc::clone(&places).try_acquire_owned().ok();
                        let task =
                            Arc::clone(&this).attend(stream, peer, place, graceful.watcher());
                        tokio::spawn(task);
                    }
                    Err(error) => this.pause(&error).await,
                }
            }
        };
        tokio::select! {
            () = accepting => {}
            () = this.app.stopping() => {}
        }
        drop(listener);
        graceful.shutdown().await;
    }

    /// A connection that is gone already is nobody's trouble; when there are no more files, some time has to pass.
    async fn pause(&self, error: &io::Error) {
        self.count("accept");
        if error.kind() != io::ErrorKind::ConnectionAborted {
            sleep(ACCEPT_PAUSE).await;
        }
    }

    fn count(&self, reason: &'static str) {
        self.app.metrics.connections.add([reason.into()], 1);
    }

    async fn attend(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        place: Option<OwnedSemaphorePermit>,
        watcher: Watcher,
    ) {
        let Some(_place) = place else {
            self.count("too many");
            return Box::pin(self.turn_away(stream)).await;
        };
        // Answers are small and awaited.
        let _ = stream.set_nodelay(true);
        let peer = Peer(SocketAddr::new(peer.ip().to_canonical(), peer.port()));
        let stream = Stream::new(stream, self.app.timeouts.write_stall);
        // Each way is in a box of its own: a connection takes no more memory than its way needs.
        match &self.certificate {
            None => Box::pin(self.serve(stream, peer, false, watcher)).await,
            Some(certificate) => {
                Box::pin(self.serve_tls(certificate, stream, peer, watcher)).await;
            }
        }
    }

    async fn serve_tls(
        &self,
        certificate: &Certificate,
        stream: Stream<TcpStream>,
        peer: Peer,
        watcher: Watcher,
    ) {
        let handshake = Box::pin(certificate.acceptor().accept(stream));
        match timeout(self.app.timeouts.handshake, handshake).await {
            Ok(Ok(stream)) => {
                let is_h2 = stream.get_ref().1.alpn_protocol() == Some(H2);
                self.serve(stream, peer, is_h2, watcher).await;
            }
            Ok(Err(_)) => self.count("handshake"),
            Err(_) => self.count("handshake timeout"),
        }
    }

    async fn serve<S>(&self, stream: S, peer: Peer, is_h2: bool, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let router = self.router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            router.clone().call(request.map(Body::new))
        });
        let stream = TokioIo::new(stream);
        let ended = if is_h2 {
            Box::pin(watcher.watch(self.http2().serve_connection(stream, service))).await
        } else {
            Box::pin(watcher.watch(self.http1().serve_connection(stream, service))).await
        };
        if let Err(error) = ended {
            self.count(reason(&error));
        }
    }

    fn http1(&self) -> http1::Builder {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            // Who has sent all it had to say may close its side and still wait for the answer.
            .half_close(true)
            .header_read_timeout(self.app.timeouts.head)
            .max_buf_size(MAX_HEAD_BYTES as usize);
        builder
    }

    fn http2(&self) -> http2::Builder<TokioExecutor> {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_concurrent_streams(MAX_STREAMS)
            .max_header_list_size(MAX_HEAD_BYTES)
            .keep_alive_interval(self.app.timeouts.head);
        builder
    }

    /// One connection more than there may be is answered, where that can be read, and closed.
    async fn turn_away(&self, mut stream: TcpStream) {
        if self.certificate.is_some() {
            return;
        }
        let error = ApiError::busy(
            "too many connections",
            "use one connection for many requests, or try again in a moment",
            RETRY_SOON,
        );
        let body = error.json();
        let answer = format!(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        // Who does not read it is not waited for.
        let _ = timeout(ACCEPT_PAUSE, stream.write_all(answer.as_bytes())).await;
    }
}

/// Why a connection broke.
fn reason(error: &hyper::Error) -> &'static str {
    if error.is_timeout() {
        "timeout"
    } else if error.is_parse() {
        "not HTTP"
    } else if error.is_incomplete_message() {
        "cut off"
    } else {
        "broken"
    }
}

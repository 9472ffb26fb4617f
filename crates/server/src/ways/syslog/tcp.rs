//! Syslog over TCP, and over TLS. No more is read before what was read is kept: who sends too fast, or while the store is
//! away, waits.

use super::{Door, Gathered};
use crate::app::App;
use crate::limits::{ACCEPT_PAUSE, MAX_SYSLOG_CONNECTIONS, SYSLOG_READ_BYTES};
use crate::tls::Certificate;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use woodpile_decode::framing::Frames;

/// Takes connections.
#[derive(Debug)]
pub(crate) struct SyslogListener {
    pub(crate) door: Door,
    pub(crate) certificate: Option<Arc<Certificate>>,
}

impl SyslogListener {
    pub(crate) fn new(
        app: Arc<App>,
        address: SocketAddr,
        certificate: Option<Arc<Certificate>>,
    ) -> Self {
        Self { door: Door::new(app, address), certificate }
    }

    /// Accepts until the server is to end, and returns when what was read is kept.
    pub(crate) async fn run(self, listener: TcpListener) {
        let this = Arc::new(self);
        let places = Arc::new(Semaphore::new(MAX_SYSLOG_CONNECTIONS));
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                // Those that ended are forgotten.
                Some(_) = connections.join_next() => continue,
                () = this.door.app.stopping() => break,
            };
            let place = Arc::clone(&places).try_acquire_owned();
            match (accepted, place) {
                (Ok((stream, _)), Ok(place)) => {
                    connections.spawn(Arc::clone(&this).attend(stream, place));
                }
                (Ok(_), Err(_)) => this.count("too many"),
                (Err(_), _) => {
                    this.count("accept");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop(listener);
        while connections.join_next().await.is_some() {}
    }

    fn count(&self, reason: &'static str) {
        self.door.app.metrics.connections.add([reason.into()], 1);
    }

    async fn attend(self: Arc<Self>, stream: TcpStream, _place: OwnedSemaphorePermit) {
        let Some(certificate) = &self.certificate else { return self.read(stream).await };
        let handshake = certificate.acceptor().accept(stream);
        match timeout(self.door.app.timeouts.handshake, handshake).await {
            Ok(Ok(stream)) => self.read(stream).await,
            Ok(Err(_)) => self.count("handshake"),
            Err(_) => self.count("handshake timeout"),
        }
    }

    async fn read(&self, mut stream: impl AsyncRead + Unpin) {
        let app = &self.door.app;
        let mut frames = Frames::of_syslog();
        let mut bytes = Vec::with_capacity(SYSLOG_READ_BYTES);
        loop {
            bytes.clear();
            let read = tokio::select! {
                read = stream.read_buf(&mut bytes) => read,
                () = app.stopping() => Ok(0),
            };
            let mut gathered = Gathered::default();
            let mut push = |frame: woodpile_decode::framing::Frame<'_>| gathered.push(frame.bytes);
            frames.push(&bytes, &mut push);
            let is_over = !matches!(read, Ok(read) if read > 0);
            if is_over {
                frames.finish(&mut push);
            }
            let refused = gathered.keep(&self.door).await;
            if refused > 0 {
                // Syslog has no answers: a connection that closes is the only word.
                self.count("token");
            }
            if is_over || refused > 0 {
                return;
            }
        }
    }
}

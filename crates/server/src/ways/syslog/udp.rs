//! Syslog over UDP: what comes while the store is busy waits within a limit, and what comes then is dropped, and counted.

use super::{Door, Gathered, WAY};
use crate::limits::MAX_DATAGRAMS_BYTES;
use std::pin::pin;
use tokio::net::UdpSocket;

/// The largest datagram that there is.
const MAX_DATAGRAM_BYTES: usize = 64 * 1024;
/// So many bytes are kept in one go.
const PORTION_BYTES: usize = 1024 * 1024;

/// Where datagrams arrive.
pub(crate) struct Inbox {
    door: Door,
    socket: UdpSocket,
    buffer: Vec<u8>,
    waiting: Gathered,
    /// False once the server is to end.
    is_open: bool,
}

impl Inbox {
    pub(crate) fn new(door: Door, socket: UdpSocket) -> Self {
        let buffer = vec![0; MAX_DATAGRAM_BYTES];
        Self { door, socket, buffer, waiting: Gathered::default(), is_open: true }
    }

    /// Receives until the server is to end, and returns when what was received is kept.
    pub(crate) async fn run(mut self) {
        while self.is_open || !self.waiting.is_empty() {
            if self.waiting.is_empty() {
                self.receive().await;
            }
            self.drain();
            self.keep().await;
        }
    }

    /// Keeps what waits, and receives meanwhile.
    async fn keep(&mut self) {
        let portion = std::mem::take(&mut self.waiting);
        let door = self.door.clone();
        let mut keeping = pin!(portion.keep(&door));
        loop {
            tokio::select! {
                biased;
                _ = &mut keeping => return,
                () = self.receive(), if self.is_open => {}
            }
        }
    }

    /// Receives one datagram, unless the server is to end first.
    async fn receive(&mut self) {
        let received = tokio::select! {
            received = self.socket.recv(&mut self.buffer) => received,
            () = self.door.app.stopping() => {
                self.is_open = false;
                return;
            }
        };
        // An error tells of an answer that could not be delivered: there are no answers.
        self.take(received.unwrap_or(0));
    }

    /// Receives what is there already.
    fn drain(&mut self) {
        while self.waiting.bytes() < PORTION_BYTES {
            let Ok(length) = self.socket.try_recv(&mut self.buffer) else { return };
            self.take(length);
        }
    }

    fn take(&mut self, length: usize) {
        let message = self.buffer.get(..length).unwrap_or_default();
        if self.waiting.bytes() + message.len() > MAX_DATAGRAMS_BYTES {
            self.door.app.metrics.rejected.add([WAY.into(), "overrun".into()], 1);
        } else if !message.is_empty() {
            self.waiting.push(message);
        }
    }
}

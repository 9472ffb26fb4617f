//! Where a search puts what it finds, for a body that is sent meanwhile.

use super::chunks::CutOff;
use crate::app::App;
use crate::clock;
use crate::limits::{CHUNK_BYTES, CHUNK_DELAY, CHUNKS_AHEAD, SEARCH_TIME};
use bytes::Bytes;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{Receiver, Sender, channel, error::TrySendError};
use woodpile_search::{SearchError, Watch};

/// Gathers rows and sends them as chunks. What is gathered does not wait for long, even while nothing more is found.
#[derive(Debug)]
pub(crate) struct Outlet {
    app: Arc<App>,
    runtime: Handle,
    sender: Sender<Result<Bytes, CutOff>>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    gathered: String,
    has_sent: bool,
    /// When something was last sent, or the search began.
    sent: Instant,
    /// Held while it searches, not while it waits for the reader.
    turn: Option<OwnedSemaphorePermit>,
}

impl Outlet {
    /// The outlet, and where its chunks come out.
    pub(crate) fn new(
        app: Arc<App>,
        turn: OwnedSemaphorePermit,
    ) -> (Arc<Self>, Receiver<Result<Bytes, CutOff>>) {
        let (sender, receiver) = channel(CHUNKS_AHEAD);
        let (gathered, sent) = (String::new(), clock::instant());
        let state = State { gathered, has_sent: false, sent, turn: Some(turn) };
        let outlet = Self { app, runtime: Handle::current(), sender, state: Mutex::new(state) };
        (Arc::new(outlet), receiver)
    }

    /// Ends the search when nobody reads any more, and when for a long time nothing was found.
    pub(crate) fn watch(self: &Arc<Self>) -> Watch {
        let outlet = Arc::clone(self);
        Watch::new(move || outlet.look())
    }

    fn look(&self) -> Result<(), SearchError> {
        if self.sender.is_closed() {
            return Err(SearchError::Stopped);
        }
        // Whoever has the lock sends just now.
        let Ok(mut state) = self.state.try_lock() else { return Ok(()) };
        let waited = state.sent.elapsed();
        if waited > CHUNK_DELAY && !state.gathered.is_empty() {
            self.try_send(&mut state);
        }
        if waited > SEARCH_TIME { Err(SearchError::TooLong { limit: SEARCH_TIME }) } else { Ok(()) }
    }

    /// Appends what `write` writes; waits for the reader where too much is gathered.
    pub(crate) fn push(&self, write: impl FnOnce(&mut String)) -> Result<(), SearchError> {
        let mut state = self.state();
        write(&mut state.gathered);
        if state.gathered.len() >= CHUNK_BYTES {
            self.send(&mut state)?;
        } else if state.sent.elapsed() > CHUNK_DELAY {
            self.try_send(&mut state);
        }
        Ok(())
    }

    /// Whether something is on its way already.
    pub(crate) fn has_sent(&self) -> bool {
        self.state().has_sent
    }

    /// Sends what is left.
    pub(crate) fn finish(&self) -> Result<(), SearchError> {
        self.send(&mut self.state())
    }

    /// Sends what is left, and cuts the body off.
    pub(crate) fn cut_off(&self, reason: String) {
        if self.finish().is_ok() {
            // Whoever left does not miss it.
            let _ = self.sender.blocking_send(Err(CutOff(reason)));
        }
    }

    fn try_send(&self, state: &mut State) {
        match self.sender.try_reserve() {
            Ok(place) => {
                place.send(Ok(taken(state)));
                state.sent = clock::instant();
            }
            Err(TrySendError::Full(()) | TrySendError::Closed(())) => {}
        }
    }

    /// Others have their turn while a reader is waited for.
    fn send(&self, state: &mut State) -> Result<(), SearchError> {
        if state.gathered.is_empty() {
            return Ok(());
        }
        let chunk = taken(state);
        let sent = match self.sender.try_send(Ok(chunk)) {
            Ok(()) => Ok(()),
            Err(TrySendError::Closed(_)) => Err(SearchError::Stopped),
            Err(TrySendError::Full(chunk)) => {
                state.turn = None;
                let sent = self.sender.blocking_send(chunk).map_err(|_| SearchError::Stopped);
                let turn = sent.and_then(|()| {
                    let turn = self.runtime.block_on(self.app.permits.search_again());
                    turn.ok_or(SearchError::Stopped)
                });
                turn.map(|turn| state.turn = Some(turn))
            }
        };
        state.sent = clock::instant();
        sent
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn taken(state: &mut State) -> Bytes {
    state.has_sent = true;
    std::mem::take(&mut state.gathered).into()
}

use crate::error::{ApiError, RETRY_SOON};
use crate::limits::{
    MAX_BODIES_BYTES, MAX_DECODES, MAX_SEARCHES, MAX_STORE_CALLS, MAX_STREAMED, SEARCH_PATIENCE,
};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

/// The unit in which room for bodies is given.
const ROOM_UNIT: usize = 1024;

/// How much of each kind of work is done at once.
#[derive(Debug)]
pub(crate) struct Permits {
    bodies: Arc<Semaphore>,
    decodes: Arc<Semaphore>,
    searches: Arc<Semaphore>,
    store_calls: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

impl Default for Permits {
    fn default() -> Self {
        Self {
            bodies: Arc::new(Semaphore::new(MAX_BODIES_BYTES / ROOM_UNIT)),
            decodes: Arc::new(Semaphore::new(MAX_DECODES)),
            searches: Arc::new(Semaphore::new(MAX_SEARCHES)),
            store_calls: Arc::new(Semaphore::new(MAX_STORE_CALLS)),
            streams: Arc::new(Semaphore::new(MAX_STREAMED)),
        }
    }
}

impl Permits {
    /// Room for so many bytes of a body, as long as what is given is held.
    pub(crate) async fn room(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let units = u32::try_from(bytes.div_ceil(ROOM_UNIT)).ok()?;
        let room = Arc::clone(&self.bodies).acquire_many_owned(units);
        let room = tokio::time::timeout(crate::limits::BODY_ROOM_PATIENCE, room);
        room.await.ok()?.ok()
    }

    /// Does work that takes a processor for a while.
    pub(crate) async fn decode<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        run(&self.decodes, work).await
    }

    /// Does a small call of the store.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        run(&self.store_calls, work).await
    }

    /// The right to send what a search finds while it goes on, as long as it is held.
    pub(crate) fn stream(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        Arc::clone(&self.streams).try_acquire_owned().map_err(|_| {
            ApiError::busy(
                format!("{MAX_STREAMED} answers are being read already"),
                "try again later, and ask for less at once with limit, since and until",
                RETRY_SOON,
            )
        })
    }

    /// The right to go on searching, after a reader was waited for.
    pub(crate) async fn search_again(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.searches).acquire_owned().await.ok()
    }

    /// The right to search, as long as it is held. Whoever waits too long is told to come again.
    pub(crate) async fn search(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        let turn = Arc::clone(&self.searches).acquire_owned();
        match tokio::time::timeout(SEARCH_PATIENCE, turn).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(ApiError::busy(
                format!(
                    "{MAX_SEARCHES} searches run already, and none ended for {SEARCH_PATIENCE:?}"
                ),
                "try again later, and narrow searches by a time or a collection",
                RETRY_SOON,
            )),
        }
    }
}

async fn run<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let turn = Arc::clone(turns).acquire_owned().await.map_err(|_| ended())?;
    // The work goes on when whoever asked leaves: its turn ends with it.
    let done = spawn_blocking(move || (work(), turn)).await;
    done.map(|(made, _)| made).map_err(|error| ApiError::internal(error.to_string()))
}

fn ended() -> ApiError {
    ApiError::busy("the server is stopping", "try again in a moment", RETRY_SOON)
}

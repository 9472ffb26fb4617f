//! A search on a thread of its own, which ends when whoever asked leaves, or when its time is over.

use crate::app::App;
use crate::clock;
use crate::error::ApiError;
use crate::limits::SEARCH_TIME;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::spawn_blocking;
use woodpile_search::{Search, SearchError, Watch};

/// Tells a search that whoever asked left, when it is dropped.
#[derive(Debug, Default)]
struct Leaving(Arc<AtomicBool>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What the search finds, whole.
pub(crate) async fn searched<T: Send + 'static>(
    app: &App,
    search_for: impl FnOnce(&Search, &Watch) -> Result<T, SearchError> + Send + 'static,
) -> Result<T, ApiError> {
    let search = app.search()?;
    let turn = app.permits.search().await?;
    let leaving = Leaving::default();
    let has_left = Arc::clone(&leaving.0);
    let started = clock::instant();
    let watch = Watch::new(move || {
        if has_left.load(Ordering::Relaxed) {
            Err(SearchError::Stopped)
        } else if started.elapsed() > SEARCH_TIME {
            Err(SearchError::TooLong { limit: SEARCH_TIME })
        } else {
            Ok(())
        }
    });
    let found = spawn_blocking(move || (search_for(&search, &watch), turn)).await;
    let (found, _) = found.map_err(|error| ApiError::internal(error.to_string()))?;
    drop(leaving);
    Ok(found?)
}

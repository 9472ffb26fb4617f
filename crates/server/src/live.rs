//! What arrives, for those who look at it. One thread follows the store while anybody looks; each record is looked at
//! once for each distinct query and written once, however many look. Who reads too slowly misses some, and is told how
//! many.

use crate::error::{ApiError, RETRY_SOON};
use crate::limits::{
    LIVE_CHUNK_BYTES, LIVE_CHUNKS, LIVE_LOOK, LIVE_PAUSE, MAX_LIVE_QUERIES, MAX_LIVE_READERS,
};
use crate::read::Viewer;
use bytes::Bytes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use tokio::sync::{broadcast, watch};
use woodpile_store::{Followed, Follower, Store, StoreError};

/// Everybody who looks.
#[derive(Debug, Default)]
pub(crate) struct Live(Arc<Mutex<Watched>>);

#[derive(Debug, Default)]
struct Watched {
    queries: HashMap<String, Query>,
    /// How the thread that follows is doing, while there is one.
    following: Option<watch::Receiver<Following>>,
}

/// A query that somebody looks at.
#[derive(Debug, Clone)]
struct Query {
    viewer: Arc<Viewer>,
    /// How many events there were.
    events: u64,
    chunks: broadcast::Sender<Chunk>,
}

#[derive(Debug, Clone, PartialEq)]
enum Following {
    Not,
    Yes,
    Failed(StoreError),
}

/// Some events of one query, as they are sent.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    pub(crate) text: Bytes,
    /// Where each event ends in the text, and by what it is known again.
    pub(crate) events: Arc<[(usize, u64)]>,
    /// How many events came before.
    pub(crate) before: u64,
}

/// What somebody who looks gets.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) chunks: broadcast::Receiver<Chunk>,
    /// How many events came before.
    pub(crate) before: u64,
}

impl Live {
    /// Looks at what the viewer takes of all that arrives from now on.
    pub(crate) async fn look(
        &self,
        store: &Arc<dyn Store>,
        viewer: Viewer,
    ) -> Result<Look, ApiError> {
        let (look, mut following) = self.join(store, viewer)?;
        let known = following.wait_for(|following| *following != Following::Not).await;
        match known.map(|known| known.clone()) {
            Ok(Following::Yes) => Ok(look),
            Ok(Following::Failed(error)) => Err(error.into()),
            Ok(Following::Not) | Err(_) => Err(ApiError::internal("nobody follows the store")),
        }
    }

    /// How many look.
    pub(crate) fn readers(&self) -> usize {
        lock(&self.0).readers()
    }

    fn join(
        &self,
        store: &Arc<dyn Store>,
        viewer: Viewer,
    ) -> Result<(Look, watch::Receiver<Following>), ApiError> {
        let mut watched = lock(&self.0);
        watched.queries.retain(|_, query| query.chunks.receiver_count() > 0);
        let is_new = !watched.queries.contains_key(viewer.key());
        if watched.readers() >= MAX_LIVE_READERS {
            return Err(too_many(&format!("{MAX_LIVE_READERS} look already")));
        }
        if is_new && watched.queries.len() >= MAX_LIVE_QUERIES {
            let error = format!("{MAX_LIVE_QUERIES} different queries are looked at already");
            return Err(too_many(&error));
        }
        let query = watched.queries.entry(viewer.key().to_owned()).or_insert_with(|| Query {
            viewer: Arc::new(viewer),
            events: 0,
            chunks: broadcast::Sender::new(LIVE_CHUNKS),
        });
        let look = Look { chunks: query.chunks.subscribe(), before: query.events };
        let following = match watched.following.take() {
            Some(following) => following,
            None => self.follow(store)?,
        };
        watched.following = Some(following.clone());
        Ok((look, following))
    }

    /// Begins to follow.
    fn follow(&self, store: &Arc<dyn Store>) -> Result<watch::Receiver<Following>, ApiError> {
        let (said, following) = watch::channel(Following::Not);
        let (watched, store) = (Arc::clone(&self.0), Arc::clone(store));
        let thread = thread::Builder::new().name("woodpile-live".to_owned());
        let started = thread.spawn(move || follow(&watched, &*store, &said));
        started.map_err(|error| ApiError::internal(format!("cannot start a thread: {error}")))?;
        Ok(following)
    }
}

fn too_many(error: &str) -> ApiError {
    ApiError::busy(error.to_owned(), "close a tail that is not needed, or try later", RETRY_SOON)
}

impl Watched {
    fn readers(&self) -> usize {
        self.queries.values().map(|query| query.chunks.receiver_count()).sum()
    }
}

fn follow(watched: &Mutex<Watched>, store: &dyn Store, said: &watch::Sender<Following>) {
    let end = |watched: &mut Watched| {
        // Who looks sees the end, and comes again.
        watched.queries.clear();
        watched.following = None;
    };
    let followed = store.follow().and_then(|mut follower| {
        said.send_replace(Following::Yes);
        look_on(watched, &mut *follower)
    });
    if let Err(error) = followed {
        end(&mut lock(watched));
        said.send_replace(Following::Failed(error));
    }
}

/// Shows what arrives as long as anybody looks.
fn look_on(watched: &Mutex<Watched>, follower: &mut dyn Follower) -> Result<(), StoreError> {
    loop {
        let news = follower.poll(LIVE_LOOK)?;
        let Some(mut queries) = looked_at(watched) else { return Ok(()) };
        for query in &mut queries {
            query.show(&news);
        }
        remember(watched, &queries);
        if !news.is_empty() {
            // What comes meanwhile is shown together.
            thread::sleep(LIVE_PAUSE);
        }
    }
}

/// The queries that somebody looks at; `None`, and nobody follows any more, where there is none.
fn looked_at(watched: &Mutex<Watched>) -> Option<Vec<Query>> {
    let mut watched = lock(watched);
    watched.queries.retain(|_, query| query.chunks.receiver_count() > 0);
    if watched.queries.is_empty() {
        watched.following = None;
        return None;
    }
    Some(watched.queries.values().cloned().collect())
}

/// Keeps how many events there were, for those who come later.
fn remember(watched: &Mutex<Watched>, shown: &[Query]) {
    let mut watched = lock(watched);
    for query in shown {
        if let Some(own) = watched.queries.get_mut(query.viewer.key()) {
            own.events = query.events;
        }
    }
}

impl Query {
    fn show(&mut self, news: &[Followed]) {
        let (mut text, mut events) = (String::new(), Vec::new());
        for followed in news {
            let collection = &followed.collection;
            if !self.viewer.takes_collection(collection) {
                continue;
            }
            for record in followed.batch.iter() {
                if let Some(known_by) = self.viewer.write(collection, record, &mut text) {
                    events.push((text.len(), known_by));
                }
                if text.len() >= LIVE_CHUNK_BYTES {
                    self.send(&mut text, &mut events);
                }
            }
        }
        self.send(&mut text, &mut events);
    }

    fn send(&mut self, text: &mut String, events: &mut Vec<(usize, u64)>) {
        if events.is_empty() {
            return;
        }
        let count = events.len() as u64;
        let (text, events) = (std::mem::take(text).into(), std::mem::take(events).into());
        // It is an error only that nobody looks any more.
        let _ = self.chunks.send(Chunk { text, events, before: self.events });
        self.events += count;
    }
}

fn lock(watched: &Mutex<Watched>) -> MutexGuard<'_, Watched> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}

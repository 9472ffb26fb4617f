//! `GET /api/tail`: what arrives, as server-sent events. `Last-Event-ID` goes on where a reader was.

use super::asked::Asked;
use super::chunks::{Chunks, CutOff};
use super::given::{Given, wrong};
use super::searching::searched;
use super::viewer::{Position, Viewer};
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::error::ApiError;
use crate::limits::{
    LIVE_BYTES_PER_SECOND, LIVE_CHUNK_BYTES, LIVE_PAUSE_OF_EACH, TAIL_HEARTBEAT, TAIL_RESUMED,
    TAIL_RESUMED_BYTES,
};
use crate::live::{Chunk, Look};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::mpsc::{Sender, channel};
use tokio::time::{sleep, timeout};
use woodpile_search::{Search, SearchError, Watch};
use woodpile_store::{Order, Prune};

/// What the stream begins with: all that arrives from now on is shown. The reader comes again after so long.
const BEGINNING: &str = ": following\nretry: 2000\n\n";
/// What is sent when nothing comes: proxies close what is silent.
const HEARTBEAT: &str = ":\n\n";

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    _: Caller<Read>,
    headers: HeaderMap,
    mut given: Given,
) -> Result<Response, ApiError> {
    let asked = Asked::take(&mut given)?;
    let last = given.take("last_event_id")?;
    given.end()?;
    let last = position(&headers, last)?;
    let viewer = Viewer::new(asked.clone())?;
    let store = app.store()?;
    let look = app.live.look(&store, viewer).await?;
    let mut shown = HashSet::new();
    let mut beginning = BEGINNING.to_owned();
    if let Some(last) = last {
        let resumed = searched(&app, move |search, watch| resume(search, asked, last, watch));
        let resumed = resumed.await?;
        beginning.push_str(&resumed.text);
        shown = resumed.shown;
    }
    let (sender, chunks) = channel(1);
    tokio::spawn(Relay { app, look, sender, shown }.run());
    let mut response = Response::new(Body::new(Chunks::new(beginning.into(), chunks)));
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // nginx would hold events back otherwise.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

fn position(headers: &HeaderMap, given: Option<String>) -> Result<Option<Position>, ApiError> {
    let header = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let Some(text) = header.map(str::to_owned).or(given).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let expected = "the id of the last event that was read, as it came";
    Position::parse(&text).map(Some).ok_or_else(|| wrong("Last-Event-ID", &text, expected))
}

/// What a reader missed.
struct Resumed {
    text: String,
    /// By what its events are known again.
    shown: HashSet<u64>,
}

/// The newest events that come after the last one that was read, oldest first.
fn resume(
    search: &Search,
    asked: Asked,
    last: Position,
    watch: &Watch,
) -> Result<Resumed, SearchError> {
    let collections = asked.collections(search.store())?;
    let mut question = asked.question(Order::NewestFirst, Some(TAIL_RESUMED));
    let since = question.prune.since.into_iter().chain([last.millis]).max();
    question.prune = Prune { since, ..question.prune };
    let question = question.watched_by(watch.clone());
    // The query was looked at already.
    let Ok(viewer) = Viewer::new(asked) else { return Err(SearchError::Stopped) };
    let (mut events, mut bytes, mut shown) = (Vec::new(), 0, HashSet::new());
    let mut found = search.find(&question, &collections);
    let mut has_more = false;
    while let Some(row) = found.advance()? {
        if Position::of(row.document) <= last {
            continue;
        }
        if events.len() == TAIL_RESUMED || bytes > TAIL_RESUMED_BYTES {
            has_more = true;
            break;
        }
        let collection = collections.get(row.collection).map_or("", String::as_str);
        let mut event = String::new();
        shown.extend(viewer.write(collection, row.document, &mut event));
        bytes += event.len();
        events.push(event);
    }
    let missed = if has_more { missed("null") } else { String::new() };
    let text = std::iter::once(missed).chain(events.into_iter().rev()).collect();
    Ok(Resumed { text, shown })
}

/// Tells that so many events are missing here.
fn missed(count: &str) -> String {
    format!("event: missed\ndata: {{\"missed\":{count}}}\n\n")
}

/// Hands on to one reader what all get who look at the same.
struct Relay {
    app: Arc<App>,
    look: Look,
    sender: Sender<Result<Bytes, CutOff>>,
    shown: HashSet<u64>,
}

impl Relay {
    /// Until the reader leaves, or the server ends, or the store cannot be followed any more.
    async fn run(mut self) {
        let (app, sender) = (Arc::clone(&self.app), self.sender.clone());
        tokio::select! {
            () = self.hand_on() => {}
            () = app.stopping() => {}
            () = sender.closed() => {}
        }
    }

    async fn hand_on(&mut self) {
        loop {
            let next = timeout(TAIL_HEARTBEAT, self.next()).await;
            let text = match next {
                Ok(Some(text)) => text,
                Ok(None) => return,
                Err(_) => {
                    // What is shown twice has come by long ago.
                    self.shown = HashSet::new();
                    HEARTBEAT.into()
                }
            };
            if text.is_empty() {
                continue;
            }
            let pause = self.pause(text.len());
            if self.sender.send(Ok(text)).await.is_err() {
                return;
            }
            sleep(pause).await;
        }
    }

    /// What came meanwhile, up to about a chunk; `None` at the end.
    async fn next(&mut self) -> Option<Bytes> {
        let first = loop {
            match self.look.chunks.recv().await {
                Ok(chunk) => break chunk,
                // The next one tells how many.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        };
        let is_alone = self.look.chunks.is_empty();
        if is_alone && self.shown.is_empty() && first.before == self.look.before {
            self.look.before += first.events.len() as u64;
            return Some(first.text);
        }
        let mut text = Vec::new();
        self.take(&first, &mut text);
        while text.len() < LIVE_CHUNK_BYTES {
            match self.look.chunks.try_recv() {
                Ok(chunk) => self.take(&chunk, &mut text),
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        Some(text.into())
    }

    /// Appends the events that were not shown yet.
    fn take(&mut self, chunk: &Chunk, text: &mut Vec<u8>) {
        let count = chunk.before.saturating_sub(self.look.before);
        if count > 0 {
            text.extend_from_slice(missed(&count.to_string()).as_bytes());
        }
        self.look.before = chunk.before + chunk.events.len() as u64;
        let mut start = 0;
        for &(end, known_by) in chunk.events.iter() {
            if !self.shown.remove(&known_by) {
                text.extend_from_slice(chunk.text.get(start..end).unwrap_or_default());
            }
            start = end;
        }
    }

    /// How long this reader waits, so that all together do not take what those need who write.
    fn pause(&self, bytes: usize) -> Duration {
        let readers = u32::try_from(self.app.live.readers()).unwrap_or(u32::MAX).max(1);
        let share = LIVE_BYTES_PER_SECOND / f64::from(readers);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        Duration::from_secs_f64(f64::from(bytes) / share).max(LIVE_PAUSE_OF_EACH * readers)
    }
}

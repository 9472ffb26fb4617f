//! Messages that came together, on their way to records.

use super::{Callers, Door, WAY};
use crate::auth::Source;
use crate::clock;
use crate::ways::deliver::deliver_until_kept;
use crate::ways::losses;
use std::sync::Arc;
use woodpile_decode::format::{Loss, syslog};
use woodpile_decode::{Batches, Sheaf};
use woodpile_line::Context;

/// Messages, one after another in one buffer.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// Messages of one source.
struct Share {
    source: Arc<Source>,
    messages: Vec<usize>,
}

impl Gathered {
    pub(super) fn push(&mut self, message: &[u8]) {
        self.bytes.extend_from_slice(message);
        self.ends.push(self.bytes.len());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    fn message(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[at]]
    }

    /// Keeps all messages of those who may send, however long that takes. Returns how many may not be kept, for nobody
    /// who may send sent them.
    pub(super) async fn keep(&self, door: &Door) -> u64 {
        let (shares, refused) = self.shares(door).await;
        door.app.metrics.rejected.add([WAY.into(), "token".into()], refused);
        for share in shares {
            self.keep_share(door, &share).await;
        }
        refused
    }

    async fn shares(&self, door: &Door) -> (Vec<Share>, u64) {
        let context = Context { now: clock::event_time(), zone: &door.zone };
        // Asked anew each time: a token may be revoked while its connection lasts.
        let mut callers = Callers::default();
        let mut shares: Vec<Share> = Vec::new();
        let mut refused = 0;
        for at in 0..self.ends.len() {
            let token = syslog::token(self.message(at), &context);
            let Some(source) = callers.source(door, token).await else {
                refused += 1;
                continue;
            };
            match shares.iter_mut().find(|share| Arc::ptr_eq(&share.source, &source)) {
                Some(share) => share.messages.push(at),
                None => shares.push(Share { source, messages: vec![at] }),
            }
        }
        (shares, refused)
    }

    async fn keep_share(&self, door: &Door, share: &Share) {
        let app = &door.app;
        let (batches, lost) = self.decode(door, share);
        let records = batches.len() as u64;
        app.gate.charge(&share.source, batches.len());
        match deliver_until_kept(app, batches).await {
            Ok(kept) => {
                app.metrics.accepted.add([WAY.into()], kept);
                for (drain, loss) in lost {
                    losses::count(app, WAY, &drain, None, &[loss]);
                }
            }
            Err(refused) => {
                let reason = if refused.retry_after().is_some() { "stopping" } else { "store" };
                app.metrics.rejected.add([WAY.into(), reason.into()], records);
            }
        }
    }

    fn decode(&self, door: &Door, share: &Share) -> (Batches, Vec<(String, Loss)>) {
        let now = clock::event_time();
        let context = Context { now, zone: &door.zone };
        let mut sheaf = Sheaf::new(share.source.origin(None), now, &door.app.ids);
        let mut lost = Vec::new();
        for at in &share.messages {
            syslog::decode(self.message(*at), &context, &mut |envelope, decoded| {
                if let Some(loss) = &envelope.loss {
                    let drain = envelope.drain.unwrap_or(&share.source.name);
                    lost.push((drain.to_owned(), loss.clone()));
                }
                // A token's collection was checked when it was made.
                let _ = sheaf.add(decoded);
            });
        }
        (sheaf.into_batches(), lost)
    }
}

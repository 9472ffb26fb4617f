//! Where portions become records, and what is read is noted.

use super::known::{Known, Place};
use crate::clock;
use crate::ways::deliver::deliver_and_wait;
use bson::oid::ObjectId;
use jiff::tz::TimeZone;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};
use woodpile_decode::format::file::{self, Birth};
use woodpile_decode::{Decoded, Origin, Sheaf};
use woodpile_keep::{Intake, Refused};
use woodpile_line::Context;
use woodpile_record::{EventTime, IdSource, Value};
use woodpile_store::{Store, StoreError};

/// How soon to look at a store again that is away.
const RETRY: Duration = Duration::from_secs(1);

/// What all files share.
pub(super) struct Desk<'d> {
    pub(super) store: Arc<dyn Store>,
    pub(super) intake: &'d Intake,
    pub(super) hostname: &'d str,
    pub(super) zone: &'d TimeZone,
    /// Waits for a while; true says that the server is to end.
    pub(super) pause: &'d dyn Fn(Duration) -> bool,
    pub(super) random: &'d dyn Fn() -> [u8; 5],
}

/// Why a file cannot be read on for now.
#[derive(Debug)]
pub(super) enum Trouble {
    File(io::Error),
    Store(StoreError),
    /// Another server notes what it reads of the same file.
    Taken,
    /// The server is to end.
    Stopping,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Store(error) => write!(f, "what is read of it cannot be noted: {error}"),
            Self::Taken => {
                write!(f, "another server follows it into the same store: let one of them do it")
            }
            Self::Stopping => write!(f, "the server is stopping"),
        }
    }
}

impl Desk<'_> {
    /// Of a portion that is read now.
    pub(super) fn birth(&self) -> Birth {
        Birth { now: clock::event_time(), origin: (self.random)() }
    }

    /// How many bytes of whole lines are records that nothing further belongs to.
    pub(super) fn settled(&self, lines: &[u8]) -> usize {
        file::settled(lines, &self.context(clock::event_time()))
    }

    fn context(&self, now: EventTime) -> Context<'_> {
        Context { now, zone: self.zone }
    }

    /// Keeps a portion's records. While there is no store for them it waits: the file keeps them meanwhile.
    pub(super) fn deliver(&self, known: &Known, birth: Birth, bytes: &[u8]) -> Result<(), Trouble> {
        loop {
            let batches = self.decode(known, birth, bytes);
            let wait = match deliver_and_wait(self.intake, batches) {
                // What the store never takes as it is would be refused for ever.
                Ok(()) | Err(Refused::Rejected { .. }) => return Ok(()),
                Err(Refused::Closed) => return Err(Trouble::Stopping),
                Err(refused) => refused.retry_after().unwrap_or(RETRY),
            };
            if (self.pause)(wait) {
                return Err(Trouble::Stopping);
            }
        }
    }

    fn decode(&self, known: &Known, birth: Birth, bytes: &[u8]) -> woodpile_decode::Batches {
        let path = known.path.to_string_lossy();
        let ids = IdSource::new(birth.origin);
        let origin = Origin { hostname: Some(self.hostname), ..Origin::default() };
        let mut sheaf = Sheaf::new(origin, birth.now, &ids);
        file::decode(bytes, birth, &self.context(birth.now), &mut |decoded| {
            if let Ok(decoded) = decoded {
                // Records of files name no collection, so each has one.
                let _ = sheaf.add(named(decoded, &path));
            }
        });
        sheaf.into_batches()
    }

    /// Notes how far a file was read; `None` if somebody else did meanwhile.
    pub(super) fn note(
        &self,
        known: &Known,
        version: Option<ObjectId>,
    ) -> Result<Option<ObjectId>, Trouble> {
        let name = known.place.state_name(self.hostname);
        if !self.store.set_state(&name, version, Some(&known.to_document()))? {
            return Ok(None);
        }
        Ok(self.store.state(&name)?.map(|state| state.version))
    }

    /// What is noted of the file in this place.
    pub(super) fn noted(&self, place: Place) -> Result<Option<(Known, ObjectId)>, Trouble> {
        let state = self.store.state(&place.state_name(self.hostname))?;
        Ok(state.and_then(|state| Some((Known::of_document(&state.document)?, state.version))))
    }

    pub(super) fn forget(&self, place: Place, version: Option<ObjectId>) -> Result<(), Trouble> {
        if version.is_some() {
            // Where somebody else notes the file, it is theirs to forget.
            self.store.set_state(&place.state_name(self.hostname), version, None)?;
        }
        Ok(())
    }
}

/// The record with the file that it is from.
fn named<'a>(mut decoded: Decoded<'a>, path: &'a str) -> Decoded<'a> {
    if let woodpile_decode::Body::Entry { entry, .. } = &mut decoded.body {
        entry.fields.push(("file".into(), Value::Text(path.into())));
    }
    decoded
}

/// Whether a file is compressed: its lines were in another before.
pub(super) fn is_compressed(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("gz" | "zst" | "xz" | "bz2" | "zip"))
}

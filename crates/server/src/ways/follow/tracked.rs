//! One file that is open, and its state in the store.

use super::desk::{Desk, Trouble};
use super::known::{Known, Portion};
use super::print::Print;
use crate::clock;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};
use woodpile_record::ObjectId;

/// The most bytes that are read, and kept, in one go.
const PORTION_BYTES: usize = 1024 * 1024;
/// How long a line may lack its end before it is taken without: the program that wrote it may be gone.
const LINE_PATIENCE: Duration = Duration::from_secs(5);
/// How long nothing came when it is noted that all is kept: each note is a write to the store.
const SETTLE_AFTER: Duration = Duration::from_secs(10);
/// How long nothing came of a file that was renamed or removed when it is given up: its program may write on for a while.
const RELEASE_AFTER: Duration = Duration::from_secs(30);

/// A file that is open.
#[derive(Debug)]
pub(super) struct Tracked {
    pub(super) known: Known,
    file: File,
    /// The version of its state, once there is one.
    version: Option<ObjectId>,
    /// What the state was to be when setting it failed: it may have been set.
    attempted: Option<Known>,
    /// How long the file was when it was last looked at, and since when it is.
    length: u64,
    since: Instant,
    /// Whether the pattern still finds it.
    pub(super) is_listed: bool,
}

/// What a look at the file showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// A portion was kept: there may be more.
    Kept,
    /// Nothing more for now.
    Nothing,
    /// It is shorter than what was read of it, or begins otherwise.
    Truncated,
}

impl Tracked {
    pub(super) fn new(file: File, known: Known, version: Option<ObjectId>) -> Self {
        Self {
            known,
            file,
            version,
            attempted: None,
            length: 0,
            since: clock::instant(),
            is_listed: true,
        }
    }

    /// Whether nothing came for so long.
    fn is_quiet_for(&self, time: Duration) -> bool {
        self.since.elapsed() >= time
    }

    /// Whether it will not be written to any more, as far as one can know.
    pub(super) fn is_over(&self) -> bool {
        !self.is_listed && self.length <= self.known.end && self.is_quiet_for(RELEASE_AFTER)
    }

    /// Looks once, and keeps the next portion. `at_end`: whatever is there is all that comes.
    pub(super) fn look(&mut self, desk: &Desk<'_>) -> Result<Look, Trouble> {
        let length = self.file.metadata()?.len();
        if length < self.known.end || !self.known.head.is_of(&self.file)? {
            return Ok(Look::Truncated);
        }
        let grew = length != self.length;
        if grew {
            self.length = length;
            self.since = clock::instant();
        }
        if self.known.head.is_short() {
            self.known.head = Print::of_head(&self.file, length)?;
        }
        let bytes = self.read(PORTION_BYTES)?;
        let taken = self.complete(&bytes, grew, desk);
        if taken == 0 {
            return Ok(Look::Nothing);
        }
        self.keep(&bytes[..taken], desk)?;
        Ok(Look::Kept)
    }

    /// How much of what was read is whole records.
    fn complete(&self, bytes: &[u8], grew: bool, desk: &Desk<'_>) -> usize {
        let is_full = bytes.len() == PORTION_BYTES;
        let lines = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let settled = if grew || is_full { desk.settled(&bytes[..lines]) } else { lines };
        match (settled, lines) {
            (0, 0) if is_full || self.is_quiet_for(LINE_PATIENCE) => bytes.len(),
            (0, lines) if is_full => lines,
            (settled, lines) if settled == lines && self.is_quiet_for(LINE_PATIENCE) => bytes.len(),
            (settled, _) => settled,
        }
    }

    /// What follows after what was read.
    fn read(&self, most: usize) -> io::Result<Vec<u8>> {
        let rest = usize::try_from(self.length.saturating_sub(self.known.end)).unwrap_or(most);
        let mut bytes = vec![0; rest.min(most)];
        let mut filled = 0;
        while filled < bytes.len() {
            let end = self.known.end + u64::try_from(filled).unwrap_or(0);
            match self.file.read_at(&mut bytes[filled..], end)? {
                0 => break,
                read => filled += read,
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }

    /// Notes the portion, and keeps its records; in this order, so that after a crash it is known what to bring again.
    fn keep(&mut self, bytes: &[u8], desk: &Desk<'_>) -> Result<(), Trouble> {
        let start = self.known.end;
        let birth = desk.birth();
        let end = start + u64::try_from(bytes.len()).unwrap_or(0);
        let tail = Print::of_tail(&self.file, end)?;
        let known = Known { end, tail, open: Some(Portion { start, birth }), ..self.known.clone() };
        self.note(known, desk)?;
        desk.deliver(&self.known, birth, bytes)
    }

    /// Brings the portion again of which it is not known whether it was kept.
    pub(super) fn bring_again(&mut self, desk: &Desk<'_>) -> Result<(), Trouble> {
        let Some(Portion { start, birth }) = self.known.open else { return Ok(()) };
        let length = usize::try_from(self.known.end.saturating_sub(start)).unwrap_or(0);
        let mut bytes = vec![0; length.min(PORTION_BYTES)];
        self.file.read_exact_at(&mut bytes, start)?;
        desk.deliver(&self.known, birth, &bytes)?;
        self.settle(desk)
    }

    /// Notes that all that was read is kept, once nothing comes.
    pub(super) fn rest(&mut self, desk: &Desk<'_>) -> Result<(), Trouble> {
        if self.is_quiet_for(SETTLE_AFTER) { self.settle(desk) } else { Ok(()) }
    }

    /// Notes that all that was read is kept.
    pub(super) fn settle(&mut self, desk: &Desk<'_>) -> Result<(), Trouble> {
        if self.known.open.is_none() {
            return Ok(());
        }
        self.note(Known { open: None, ..self.known.clone() }, desk)
    }

    /// Begins again with the file that was made empty.
    pub(super) fn restart(&mut self, desk: &Desk<'_>) -> Result<(), Trouble> {
        let known = Known::new(&self.known.path, &self.known.pattern, &self.file)?;
        self.length = 0;
        self.since = clock::instant();
        self.note(known, desk)
    }

    /// Forgets the file.
    pub(super) fn forget(&self, desk: &Desk<'_>) -> Result<(), Trouble> {
        desk.forget(self.known.place, self.version)
    }

    fn note(&mut self, known: Known, desk: &Desk<'_>) -> Result<(), Trouble> {
        match desk.note(&known, self.version) {
            Ok(Some(version)) => self.version = Some(version),
            Ok(None) => self.note_over(&known, desk)?,
            Err(error) => {
                self.attempted = Some(known);
                return Err(error);
            }
        }
        self.attempted = None;
        self.known = known;
        Ok(())
    }

    /// The state is not what it was: either it was set when that seemed to fail, or somebody else follows the file.
    fn note_over(&mut self, known: &Known, desk: &Desk<'_>) -> Result<(), Trouble> {
        let (found, version) = desk.noted(known.place)?.ok_or(Trouble::Taken)?;
        let is_own = found == self.known || Some(&found) == self.attempted.as_ref();
        if !is_own {
            return Err(Trouble::Taken);
        }
        self.version = Some(desk.note(known, Some(version))?.ok_or(Trouble::Taken)?);
        Ok(())
    }
}

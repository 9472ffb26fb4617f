//! Which files there are, and which of them are the same as before.

use super::desk::{Desk, Trouble, is_compressed};
use super::known::{Known, PREFIX, Place};
use super::tracked::{Look, Tracked};
use bson::oid::ObjectId;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The most files that are followed at once: each is open.
const MAX_FILES: usize = 1_000;
/// How many portions of one file are kept before it is another's turn.
const PORTIONS_PER_TURN: usize = 16;

/// Every file that is followed.
pub(super) struct Watch<'w> {
    patterns: &'w [String],
    tell: &'w dyn Fn(&str),
    tracked: Vec<Tracked>,
    /// What was noted before this server started, of files that were not seen since.
    former: Vec<(Known, ObjectId)>,
    /// What was told of a file last, so that it is told once.
    told: HashMap<PathBuf, String>,
}

impl<'w> Watch<'w> {
    /// Takes up what was noted of the files of these patterns.
    pub(super) fn resume(
        patterns: &'w [String],
        tell: &'w dyn Fn(&str),
        desk: &Desk<'_>,
    ) -> Result<Self, Trouble> {
        let mut former = Vec::new();
        for state in desk.store.states(&format!("{PREFIX}{}:", desk.hostname))? {
            let known = Known::of_document(&state.document);
            former.extend(
                known.filter(|it| patterns.contains(&it.pattern)).map(|it| (it, state.version)),
            );
        }
        let mut watch = Self { patterns, tell, tracked: Vec::new(), former, told: HashMap::new() };
        watch.find(desk)?;
        watch.find_rests(desk)?;
        Ok(watch)
    }

    /// Looks at everything once; true if there may be more at once.
    pub(super) fn look(&mut self, desk: &Desk<'_>) -> Result<bool, Trouble> {
        self.find(desk)?;
        let mut more = false;
        let mut ended = Vec::new();
        for at in 0..self.tracked.len() {
            match self.take_turn(at, desk) {
                Ok(is_busy) => more |= is_busy,
                Err(trouble @ (Trouble::File(_) | Trouble::Taken)) => {
                    ended.push(self.tracked[at].known.place);
                    self.tell_of(at, &trouble);
                }
                Err(trouble) => return Err(trouble),
            }
            if self.tracked[at].is_over() {
                self.tracked[at].forget(desk)?;
                ended.push(self.tracked[at].known.place);
            }
        }
        self.tracked.retain(|tracked| !ended.contains(&tracked.known.place));
        Ok(more)
    }

    /// Notes of every file that what was read is kept.
    pub(super) fn settle(&mut self, desk: &Desk<'_>) {
        for tracked in &mut self.tracked {
            // What is not noted now is brought again, and changes nothing.
            let _ = tracked.settle(desk);
        }
    }

    fn take_turn(&mut self, at: usize, desk: &Desk<'_>) -> Result<bool, Trouble> {
        for _ in 0..PORTIONS_PER_TURN {
            match self.tracked[at].look(desk)? {
                Look::Kept => {}
                Look::Nothing => {
                    self.tracked[at].rest(desk)?;
                    return Ok(false);
                }
                Look::Truncated => {
                    // What was read of it is kept.
                    let known = Known { open: None, ..self.tracked[at].known.clone() };
                    self.take_rest(&known, desk)?;
                    self.tracked[at].restart(desk)?;
                }
            }
        }
        Ok(true)
    }

    /// Takes up files that are new, and the new names of others.
    fn find(&mut self, desk: &Desk<'_>) -> Result<(), Trouble> {
        for tracked in &mut self.tracked {
            tracked.is_listed = false;
        }
        for pattern in self.patterns {
            // The pattern was checked when the server started.
            for path in glob::glob(pattern).into_iter().flatten().flatten() {
                match self.take_up(&path, pattern, desk) {
                    Err(Trouble::File(error)) => self.tell_once(&path, &error.to_string()),
                    taken => taken?,
                }
            }
        }
        Ok(())
    }

    fn take_up(&mut self, path: &Path, pattern: &str, desk: &Desk<'_>) -> Result<(), Trouble> {
        let metadata = match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() && metadata.len() > 0 && !is_compressed(path) => {
                metadata
            }
            Ok(_) => return Ok(()),
            // It was there a moment ago.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let place = Place::of(&metadata);
        if let Some(tracked) = self.tracked.iter_mut().find(|tracked| tracked.known.place == place)
        {
            tracked.is_listed = true;
            path.clone_into(&mut tracked.known.path);
            return Ok(());
        }
        if self.tracked.len() >= MAX_FILES {
            self.tell_once(path, &format!("{MAX_FILES} files are followed already"));
            return Ok(());
        }
        let file = File::open(path)?;
        // A copy is left alone as long as its original is there: that is where it goes on.
        for tracked in &self.tracked {
            if tracked.known.end > 0 && tracked.known.goes_on_in(&file)? {
                return Ok(());
            }
        }
        let fresh = Known::new(path, pattern, &file)?;
        self.track(file, fresh, desk)
    }

    /// Follows a file from where it was read to, if it was.
    fn track(&mut self, file: File, fresh: Known, desk: &Desk<'_>) -> Result<(), Trouble> {
        let place = fresh.place;
        let mut found = None;
        for (at, (known, _)) in self.former.iter().enumerate() {
            let same = known.place == place || known.end > 0;
            if same && known.goes_on_in(&file)? {
                found = Some(at);
                if known.place == place {
                    break;
                }
            }
        }
        let Some((known, version)) = found.map(|at| self.former.swap_remove(at)) else {
            let version = desk.noted(place)?.map(|(_, version)| version);
            self.tracked.push(Tracked::new(file, fresh, version));
            return Ok(());
        };
        let is_moved = known.place != place;
        let own = if is_moved { None } else { Some(version) };
        let mut tracked = Tracked::new(file, Known { place, ..known.clone() }, own);
        tracked.bring_again(desk)?;
        tracked.known.path = fresh.path;
        if is_moved {
            desk.forget(known.place, Some(version))?;
        }
        self.tracked.push(tracked);
        Ok(())
    }

    /// Looks for files that were renamed while no server ran, and reads what is left of them.
    fn find_rests(&mut self, desk: &Desk<'_>) -> Result<(), Trouble> {
        for (known, version) in std::mem::take(&mut self.former) {
            if !self.take_rest(&known, desk)? {
                let end = known.end;
                self.tell_once(&known.path, &format!("it is gone, and nothing like it is beside it: what was written to it after byte {end} is not kept"));
            }
            if self.tracked.iter().all(|tracked| tracked.known.place != known.place) {
                desk.forget(known.place, Some(version))?;
            }
        }
        Ok(())
    }

    /// Follows the file beside `known` that it was renamed to or copied into; false if there is none.
    fn take_rest(&mut self, known: &Known, desk: &Desk<'_>) -> Result<bool, Trouble> {
        let Some((path, file)) = find_rest(known)? else { return Ok(false) };
        let place = Place::of(&file.metadata()?);
        if self.tracked.iter().any(|tracked| tracked.known.place == place) {
            return Ok(true);
        }
        let version = desk.noted(place)?.map(|(_, version)| version);
        let mut tracked = Tracked::new(file, Known { place, ..known.clone() }, version);
        tracked.bring_again(desk)?;
        tracked.known.path = path;
        tracked.is_listed = false;
        self.tracked.push(tracked);
        Ok(true)
    }

    fn tell_of(&mut self, at: usize, trouble: &Trouble) {
        let path = self.tracked[at].known.path.clone();
        self.tell_once(&path, &trouble.to_string());
    }

    fn tell_once(&mut self, path: &Path, what: &str) {
        if self.told.get(path).is_none_or(|told| told != what) {
            (self.tell)(&format!("{} is not followed: {what}", path.display()));
            if self.told.len() < MAX_FILES {
                self.told.insert(path.to_owned(), what.to_owned());
            }
        }
    }
}

/// The file in the same folder, whose name begins like its own, that goes on where it was read to.
fn find_rest(known: &Known) -> Result<Option<(PathBuf, File)>, Trouble> {
    let (Some(folder), Some(name)) = (known.path.parent(), known.path.file_name()) else {
        return Ok(None);
    };
    for entry in fs::read_dir(folder)?.flatten() {
        let is_kin = entry.file_name().as_encoded_bytes().starts_with(name.as_encoded_bytes());
        if !is_kin || is_compressed(&entry.path()) {
            continue;
        }
        let Ok(file) = File::open(entry.path()) else { continue };
        let is_file = file.metadata()?.is_file();
        if is_file && known.goes_on_in(&file)? {
            return Ok(Some((entry.path(), file)));
        }
    }
    Ok(None)
}

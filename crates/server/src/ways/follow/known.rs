//! What is remembered of a file: how far it was read, and what tells it from others.

use super::print::Print;
use bson::spec::BinarySubtype;
use bson::{Binary, Document, doc};
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use woodpile_decode::format::file::Birth;
use woodpile_record::EventTime;

/// What the names of these states begin with.
pub(super) const PREFIX: &str = "follow:";

/// Where a file is on its machine, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) device: u64,
    pub(super) inode: u64,
}

impl Place {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }

    /// The name of the state of the file in this place of a machine.
    pub(super) fn state_name(self, hostname: &str) -> String {
        format!("{PREFIX}{hostname}:{:x}:{:x}", self.device, self.inode)
    }
}

/// A file, and how far it was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known {
    /// What it is called.
    pub(super) path: PathBuf,
    /// The pattern that it was found by.
    pub(super) pattern: String,
    pub(super) place: Place,
    pub(super) head: Print,
    /// Of the bytes before `end`.
    pub(super) tail: Print,
    /// Where the next portion begins.
    pub(super) end: u64,
    /// The last portion, of which it is not known whether it is kept.
    pub(super) open: Option<Portion>,
}

/// A part of a file that is read in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Portion {
    pub(super) start: u64,
    pub(super) birth: Birth,
}

impl Known {
    /// A file of which nothing was read.
    pub(super) fn new(path: &Path, pattern: &str, file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self {
            path: path.to_owned(),
            pattern: pattern.to_owned(),
            place: Place::of(&metadata),
            head: Print::of_head(file, metadata.len())?,
            tail: Print::default(),
            end: 0,
            open: None,
        })
    }

    /// Whether the file goes on from where this one was read to: it is the same one, or a copy.
    pub(super) fn goes_on_in(&self, file: &File) -> io::Result<bool> {
        Ok(self.head.is_of(file)? && (self.end == 0 || self.tail.is_of(file)?))
    }

    pub(super) fn to_document(&self) -> Document {
        let mut document = doc! {
            "path": self.path.to_string_lossy().into_owned(),
            "pattern": &self.pattern,
            "device": self.place.device.cast_signed(),
            "inode": self.place.inode.cast_signed(),
            "head": print_document(&self.head),
            "tail": print_document(&self.tail),
            "end": self.end.cast_signed(),
        };
        if let Some(Portion { start, birth }) = &self.open {
            document.insert("start", start.cast_signed());
            document.insert("now", birth.now.millis());
            let bytes = birth.origin.to_vec();
            document.insert("origin", Binary { subtype: BinarySubtype::Generic, bytes });
        }
        document
    }

    /// What a state says; `None` if it is none of a file.
    pub(super) fn of_document(document: &Document) -> Option<Self> {
        Some(Self {
            path: document.get_str("path").ok()?.into(),
            pattern: document.get_str("pattern").ok()?.to_owned(),
            place: Place { device: number(document, "device")?, inode: number(document, "inode")? },
            head: print(document, "head")?,
            tail: print(document, "tail")?,
            end: number(document, "end")?,
            open: portion(document),
        })
    }
}

fn portion(document: &Document) -> Option<Portion> {
    let now = EventTime::from_millis(document.get_i64("now").ok()?);
    let origin = document.get_binary_generic("origin").ok()?.as_slice().try_into().ok()?;
    Some(Portion { start: number(document, "start")?, birth: Birth { now, origin } })
}

fn print_document(print: &Print) -> Document {
    doc! {
        "start": print.start.cast_signed(),
        "bytes": print.bytes.cast_signed(),
        "hash": print.hash.cast_signed(),
    }
}

fn print(document: &Document, name: &str) -> Option<Print> {
    let document = document.get_document(name).ok()?;
    Some(Print {
        start: number(document, "start")?,
        bytes: number(document, "bytes")?,
        hash: number(document, "hash")?,
    })
}

fn number(document: &Document, name: &str) -> Option<u64> {
    document.get_i64(name).ok().map(i64::cast_unsigned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_comes_back() {
        let print = Print { start: 3, bytes: 256, hash: u64::MAX };
        let birth =
            Birth { now: EventTime::from_millis(1_795_334_400_000), origin: [1, 2, 3, 4, 5] };
        let known = Known {
            path: "/var/log/röd.log".into(),
            pattern: "/var/log/*.log".to_owned(),
            place: Place { device: u64::MAX, inode: 7 },
            head: print,
            tail: Print::default(),
            end: 1 << 40,
            open: Some(Portion { start: 1 << 39, birth }),
        };
        assert_eq!(Known::of_document(&known.to_document()), Some(known.clone()));
        let settled = Known { open: None, ..known };
        assert_eq!(Known::of_document(&settled.to_document()), Some(settled));
        assert_eq!(Known::of_document(&doc! { "path": "a" }), None);
    }
}

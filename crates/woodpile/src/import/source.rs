//! The files that are read, unpacked where they are packed.

use super::stdin::{Patient, Stdin};
use crate::exit::usage;
use anyhow::Context;
use flate2::read::MultiGzDecoder;
use lzma_rust2::XzReader;
use std::fs::File;
use std::io::{self, Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// <https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1>
const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];
/// <https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1>
const ZSTD_MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// <https://tukaani.org/xz/xz-file-format.txt>, 2.1.1.1
const XZ_MAGIC: &[u8] = &[0xfd, b'7', b'z', b'X', b'Z', 0];
const LONGEST_MAGIC: u64 = 6;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A file, or standard input, that can be read.
#[derive(Debug)]
pub(super) struct Source {
    path: PathBuf,
    /// As it lies there; standard input has none.
    size: Option<u64>,
}

impl Source {
    /// Makes sure that there is something to read; `-` is standard input.
    pub(super) fn find(path: &Path) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self { path: path.to_owned(), size: None });
        }
        let metadata = std::fs::metadata(path).map_err(|error| {
            usage(format!("cannot read {}: {}", path.display(), reason(&error)))
        })?;
        if metadata.is_dir() {
            return Err(usage(format!(
                "{path} is a folder; name its files, as in {path}/*.log",
                path = path.display()
            )));
        }
        Ok(Self { path: path.to_owned(), size: metadata.is_file().then_some(metadata.len()) })
    }

    /// The name, for people.
    pub(super) fn name(&self) -> String {
        if self.path == Path::new("-") {
            "standard input".to_owned()
        } else {
            self.path.display().to_string()
        }
    }

    /// The size as it lies there, where known.
    pub(super) fn size(&self) -> Option<u64> {
        self.size
    }

    /// Starts to read the text; `consumed` counts the bytes as they lie there. Plain text from a slow sender comes with
    /// pauses: see [`Stdin`].
    pub(super) fn open(
        &self,
        consumed: Arc<AtomicU64>,
        interrupted: &Arc<AtomicBool>,
    ) -> anyhow::Result<Box<dyn Read>> {
        let inner: Box<dyn Read> = match self.size {
            None if self.path == Path::new("-") => Box::new(Stdin::open()),
            _ => Box::new(
                File::open(&self.path).with_context(|| format!("cannot read {}", self.name()))?,
            ),
        };
        unpack(Counted { inner, consumed }, interrupted)
            .with_context(|| format!("cannot read {}", self.name()))
    }
}

/// What the system said, in the words of the user where it is usual.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// Tells by the first bytes whether and how the data is packed; several members are one text.
fn unpack(
    mut data: impl Read + 'static,
    interrupted: &Arc<AtomicBool>,
) -> io::Result<Box<dyn Read>> {
    let mut head = Vec::new();
    let patient = |data| Patient::new(data, Arc::clone(interrupted));
    Patient::new(data.by_ref(), Arc::clone(interrupted))
        .take(LONGEST_MAGIC)
        .read_to_end(&mut head)?;
    let is = |magic| head.starts_with(magic);
    let (gzip, zstd, xz) = (is(GZIP_MAGIC), is(ZSTD_MAGIC), is(XZ_MAGIC));
    let skipped = if is(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let mut start = Cursor::new(head);
    start.set_position(skipped as u64);
    let whole = start.chain(data);
    Ok(match (gzip, zstd, xz) {
        (true, _, _) => {
            Box::new(Packed { kind: "gzip", text: MultiGzDecoder::new(patient(whole)) })
        }
        (_, true, _) => {
            Box::new(Packed { kind: "zstd", text: zstd::Decoder::new(patient(whole))? })
        }
        (_, _, true) => Box::new(Packed { kind: "xz", text: XzReader::new(patient(whole), true) }),
        _ => Box::new(whole),
    })
}

/// Says of an error in packed data what it means.
struct Packed<R> {
    kind: &'static str,
    text: R,
}

impl<R: Read> Read for Packed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.text.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::Interrupted => error,
            ErrorKind::UnexpectedEof => io::Error::new(
                ErrorKind::UnexpectedEof,
                format!("the {} data ends too early: the file is incomplete", self.kind),
            ),
            kind => io::Error::new(kind, format!("the {} data is damaged: {error}", self.kind)),
        })
    }
}

struct Counted<R> {
    inner: R,
    consumed: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.consumed.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &str) -> Vec<u8> {
        zstd::encode_all(text.as_bytes(), 1).unwrap()
    }

    fn unpacked(data: Vec<u8>) -> io::Result<String> {
        let mut text = String::new();
        unpack(Cursor::new(data), &Arc::default())?.read_to_string(&mut text)?;
        Ok(text)
    }

    #[test]
    fn packed_data_is_told_by_its_first_bytes_and_may_have_members() {
        assert_eq!(unpacked(b"plain".to_vec()).unwrap(), "plain");
        assert_eq!(unpacked([gzip("one\n"), gzip("two\n")].concat()).unwrap(), "one\ntwo\n");
        assert_eq!(unpacked([zstd("one\n"), zstd("two\n")].concat()).unwrap(), "one\ntwo\n");
        assert_eq!(unpacked(Vec::new()).unwrap(), "");
        assert_eq!(unpacked("\u{feff}text".into()).unwrap(), "text");
    }

    #[test]
    fn what_was_cut_off_is_said() {
        for (mut data, kind) in [(gzip("some text\n"), "gzip"), (zstd("some text\n"), "zstd")] {
            data.truncate(data.len() - 6);
            let error = unpacked(data).unwrap_err().to_string();
            assert_eq!(error, format!("the {kind} data ends too early: the file is incomplete"));
        }
    }
}

//! Reads the files in their order and hands them out in chunks.

use super::Job;
use super::chunk::{Carry, Chunk, reserve};
use super::cut::{Cutter, End, Piece};
use super::source::Source;
use anyhow::Context;
use crossbeam_channel::{Receiver, Sender, bounded};
use indicatif::ProgressBar;
use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Reads file after file; one that cannot be read to its end does not stop the others.
pub(super) fn read<'j>(
    job: &'j Job<'j>,
    sources: &[Source],
    chunks: &Sender<Chunk<'j>>,
    progress: &ProgressBar,
) -> Vec<anyhow::Error> {
    let consumed = Arc::new(AtomicU64::new(0));
    let mut errors = Vec::new();
    for source in sources {
        if job.is_stopped() {
            break;
        }
        let mut file =
            FileReader { job, chunks, name: source.name().into(), next_line: 1, carried: None };
        let read = source.open(Arc::clone(&consumed), &job.interrupted).and_then(|text| {
            file.read(Cutter::new(text), &|| {
                progress.set_position(consumed.load(Ordering::Relaxed));
            })
        });
        errors.extend(read.err());
    }
    errors
}

struct FileReader<'r, 'j> {
    job: &'j Job<'j>,
    chunks: &'r Sender<Chunk<'j>>,
    name: Arc<str>,
    next_line: u64,
    carried: Option<Receiver<Carry>>,
}

impl FileReader<'_, '_> {
    fn read(&mut self, mut text: Cutter<impl Read>, advanced: &dyn Fn()) -> anyhow::Result<()> {
        let mut outcome = Ok(());
        while !self.job.is_stopped() {
            let piece = match text.next() {
                Ok(piece) => piece,
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(error) => {
                    outcome =
                        Err(error).with_context(|| format!("cannot read all of {}", self.name));
                    text.rest()
                }
            };
            let Some(piece) = piece else { break };
            self.hand_out(piece);
            advanced();
        }
        // After Ctrl-C: what was read already is not lost, whoever sent it.
        text.whole_lines().into_iter().for_each(|piece| self.hand_out(piece));
        if self.carried.is_some() {
            // Nothing follows, but someone has to keep what is held back.
            self.hand_out(Piece { bytes: Vec::new(), end: End::Clean });
        }
        outcome
    }

    fn hand_out(&mut self, piece: Piece) {
        let newlines = memchr::memchr_iter(b'\n', &piece.bytes).count() as u64;
        let seconds = self.job.now.seconds_u32();
        let (carry, carried) = match piece.end {
            End::Clean => (None, None),
            End::InRecord | End::InLine => {
                let (sender, receiver) = bounded(1);
                (Some(sender), Some(receiver))
            }
        };
        let chunk = Chunk {
            file: Arc::clone(&self.name),
            first_line: self.next_line,
            ids: reserve(self.job.ids, seconds, newlines + 1, piece.bytes.len()),
            bytes: piece.bytes,
            carried: std::mem::replace(&mut self.carried, carried),
            carry,
            is_line_open: piece.end == End::InLine,
        };
        self.next_line += newlines;
        // It fails only when all workers have stopped, and with them the job.
        let _ = self.chunks.send(chunk);
    }
}

//! How fast columns answer: `cargo bench -p woodpile-block --bench scan -- FILE`.
//!
//! The file holds records as extended JSON, one a line, as `woodpile export` writes them; its first block's worth is
//! packed and searched. Times are of the processor, a block each: first of a block that was just opened, then of one
//! whose columns were decoded before.
#![expect(clippy::print_stdout, reason = "it prints its figures")]

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::sync::Arc;
use woodpile_block::{
    Automaton, Block, Effort, Fate, MAX_RECORDS, Packer, Rows, Selection, TextMatch, Value,
};
use woodpile_record::json;

type Result<T> = std::result::Result<T, Box<dyn Error>>;
type Bytes = Arc<[u8]>;

/// A block with its groups.
struct Opened {
    block: Arc<Block<Bytes>>,
    groups: Vec<Rows<Bytes>>,
}

impl Opened {
    fn new(bytes: &Bytes) -> Result<Self> {
        let block = Arc::new(Block::open(Arc::clone(bytes))?);
        let groups = (0..block.groups().len()).map(|group| Rows::new(Arc::clone(&block), group));
        let groups = groups.collect::<std::result::Result<_, _>>()?;
        Ok(Self { block, groups })
    }

    fn column(&self, path: &str) -> Result<usize> {
        let column = self.block.columns().find(|column| column.path == path);
        Ok(column.ok_or_else(|| format!("no column {path}"))?.number)
    }
}

/// What is measured: its name, and how many rows it found.
type Operation = (&'static str, fn(&Opened) -> Result<u64>);

const OPERATIONS: [Operation; 10] = [
    ("summary: rows by status", |opened| {
        let status = opened.column("http.status")?;
        let summary = opened.block.summary()?.and_then(|summary| summary.column(status));
        Ok(summary
            .and_then(|column| column.tallies.as_ref())
            .map_or(0, |tallies| tallies.iter().sum()))
    }),
    ("filter: absent word", |opened| {
        Ok(u64::from(opened.block.filter()?.is_some_and(|filter| filter.may_hold("qqabsentqq"))))
    }),
    ("rows by status", |opened| by_place(opened, "http.status")),
    ("rows by path", |opened| by_place(opened, "http.path")),
    ("status >= 500", |opened| {
        let column = opened.column("http.status")?;
        let (Some(values), Some(places)) =
            (opened.block.values(column)?, opened.block.places(column)?)
        else {
            return Err("status is no dictionary".into());
        };
        let is_error = |value| matches!(value, Value::Int(500..));
        let keep = places.keep(|place| place.and_then(|at| values.get(at)).is_some_and(is_error));
        count(opened, |rows, selected| Ok(rows.narrow(&keep, selected)?))
    }),
    ("substring, absent", |opened| with_text(opened, "qqabsentqq")),
    ("substring of letters in a path", |opened| with_text(opened, "uppet-nodele")),
    ("substring of digits", |opened| with_text(opened, "98765")),
    ("event times", |opened| {
        let mut found = 0;
        for rows in &opened.groups {
            found += rows.times()?.len() as u64;
        }
        Ok(found)
    }),
    ("newest 100 as records", |opened| {
        let Some(rows) = opened.groups.last() else { return Ok(0) };
        let mut selected = Selection::all(rows.len());
        selected.keep_last(100);
        Ok(rows.unpack(&selected)?.len() as u64)
    }),
];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let path = arguments.next().ok_or("which file?")?;
    let bytes = packed(&path)?;
    let opened = Opened::new(&bytes)?;
    println!("{} records, {} bytes", opened.block.records(), bytes.len());
    println!("{:>10} {:>10} {:>10}  operation", "cold ms", "warm ms", "found");
    for (name, operation) in OPERATIONS {
        let fresh = Opened::new(&bytes)?;
        let (found, cold) = timed(|| operation(&fresh))?;
        let (_, warm) = timed(|| operation(&fresh))?;
        println!("{cold:>10.3} {warm:>10.3} {found:>10}  {name}");
    }
    let held: usize = {
        for (_, operation) in OPERATIONS {
            operation(&opened)?;
        }
        opened.groups.iter().map(Rows::bytes).sum()
    };
    println!(
        "{held} bytes are held of the groups when all was asked, {} of the block",
        opened.block.bytes()
    );
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(T, f64)> {
    let start = processor_millis();
    let made = work()?;
    Ok((made, processor_millis() - start))
}

/// What this thread used of the processor, so that others on the machine do not count; 0 where the system does not tell.
fn processor_millis() -> f64 {
    // The system adds up at the latest when it chooses who is next.
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split_whitespace().next().and_then(|nanos| nanos.parse::<f64>().ok());
    nanos.unwrap_or(0.0) / 1e6
}

fn packed(path: &str) -> Result<Bytes> {
    let mut packer = Packer::new(Effort::Quick);
    for line in BufReader::new(File::open(path)?).lines().take(MAX_RECORDS) {
        let (_, record) = json::parse_export(&line?)?;
        packer.push(record.as_document());
    }
    Ok(packer.finish()?.bytes.into())
}

/// Counts the rows that are left of all.
fn count(
    opened: &Opened,
    narrow: impl Fn(&Rows<Bytes>, &mut Selection) -> Result<()>,
) -> Result<u64> {
    let mut found = 0;
    for rows in &opened.groups {
        let mut selected = Selection::all(rows.len());
        narrow(rows, &mut selected)?;
        found += selected.count() as u64;
    }
    Ok(found)
}

fn by_place(opened: &Opened, path: &str) -> Result<u64> {
    let places = opened.block.places(opened.column(path)?)?.ok_or("no dictionary")?;
    let mut counts = Vec::new();
    for rows in &opened.groups {
        rows.tally(places.unit, &Selection::all(rows.len()), &mut counts)?;
    }
    Ok(places.sum(&counts).iter().sum())
}

fn with_text(opened: &Opened, text: &'static str) -> Result<u64> {
    let needle = Needle::new(text);
    let scan = opened.block.text_scan(opened.column("message")?, &needle)?;
    count(opened, |rows, selected| Ok(rows.narrow_text(&scan, &needle, selected)?))
}

/// A substring, as the automaton of Knuth, Morris and Pratt.
struct Needle {
    text: &'static [u8],
    /// For each length of what was read of it and each byte how much of it is read then.
    next: Vec<[u8; 256]>,
}

impl Needle {
    fn new(text: &'static str) -> Self {
        let text = text.as_bytes();
        let mut next = vec![[0; 256]; text.len()];
        for (state, row) in next.iter_mut().enumerate() {
            for (byte, slot) in (0..=u8::MAX).zip(row.iter_mut()) {
                let read = [&text[..state], &[byte]].concat();
                let most = read.len().min(text.len());
                let longest = (0..=most).rev().find(|length| read.ends_with(&text[..*length]));
                *slot = longest.and_then(|length| u8::try_from(length).ok()).unwrap_or(0);
            }
        }
        Self { text, next }
    }
}

impl Automaton for Needle {
    fn start(&self) -> u32 {
        0
    }

    fn next(&self, state: u32, bytes: &[u8]) -> u32 {
        let step = |state: u32, byte: &u8| match self.next.get(state as usize) {
            Some(next) => u32::from(next[usize::from(*byte)]),
            None => state,
        };
        bytes.iter().fold(state, step)
    }

    fn fate(&self, state: u32) -> Fate {
        if state as usize == self.text.len() { Fate::Matches } else { Fate::Open }
    }

    fn ends_well(&self, _: u32) -> bool {
        false
    }
}

impl TextMatch for Needle {
    fn is_match(&self, text: &[u8]) -> bool {
        self.fate(self.next(0, text)) == Fate::Matches
    }

    fn automaton(&self) -> Option<&dyn Automaton> {
        Some(self)
    }
}

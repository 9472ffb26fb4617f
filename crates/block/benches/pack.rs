//! How small records get, how fast, and in how much memory:
//!
//! ```text
//! cargo bench -p woodpile-block --bench pack -- [--quick | --thorough] [--parts] [--no-zstd] FILE…
//! ```
//!
//! Each file holds records as extended JSON, one a line, as `woodpile export` writes them; without files, access
//! records are made. A line of figures for each effort says: how many records; bytes a record as BSON, of the same
//! records as NDJSON under `zstd -19` in windows as large as the file, and of the blocks, all counted; records a
//! second of processor time on one core, packed and unpacked; and the most memory that packing took, a batch of
//! records included. The NDJSON is `FILE` itself, or what stands beside `NAME.export` as `NAME.ndjson`.
//!
//! `--quick` and `--thorough` keep to one effort, `--parts` tells what takes how many bytes of a block, `--no-zstd`
//! saves the time that zstd takes.
#![expect(clippy::print_stdout, reason = "it prints its figures")]
#![expect(clippy::cast_precision_loss, reason = "figures have few digits")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use woodpile_block::{Block, Effort, MAX_RECORDS, Packer, PartSize};
use woodpile_record::{Record, json};

/// So many records are made of lines before any is packed: what takes them apart is measured without JSON.
const BATCH: usize = 1_024;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What was measured of one file.
#[derive(Default)]
struct Figures {
    records: usize,
    bson: usize,
    packed: usize,
    packing: Duration,
    unpacking: Duration,
    memory: usize,
    parts: Vec<PartSize>,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let only = ["--quick", "--thorough"].map(has);
    let efforts = [Effort::Quick, Effort::Thorough].into_iter().zip(only);
    let efforts: Vec<Effort> = efforts
        .filter(|(_, chosen)| *chosen || only == [false, false])
        .map(|(effort, _)| effort)
        .collect();
    println!(
        "{:>9} {:>8} {:>8} {:>8} {:>6} {:>9} {:>10} {:>6}",
        "records", "BSON", "zstd -19", "block", "ratio", "packed/s", "unpacked/s", "MiB"
    );
    let files: Vec<&String> =
        arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    if files.is_empty() {
        let text = made();
        report("made", || Ok(text.as_bytes()), text.as_bytes(), &efforts, &has)?;
    }
    for file in files {
        let beside = Path::new(file).with_extension("ndjson");
        let plain = if beside.exists() { beside } else { file.into() };
        report(file, || Ok(BufReader::new(File::open(file)?)), File::open(plain)?, &efforts, &has)?;
    }
    Ok(())
}

/// Access records, made.
fn made() -> String {
    let line = |row: u64| {
        let noise = row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
        let (address, path, status) =
            (noise % 251, noise % 97, [200, 200, 200, 304, 404][(noise % 5) as usize]);
        let millis = 1_795_332_769_000 + row * 997;
        format!(
            "{{\"_id\":{{\"$oid\":\"6b49d200070707070{row:07x}\"}},\"timestamp\":{{\"$date\":{{\"$numberLong\":\"{millis}\"}}}},\"level\":\"INFO\",\"message\":\"10.0.0.{address} - - \\\"GET /p/{path} HTTP/1.1\\\" {status} {noise}\",\"http\":{{\"method\":\"GET\",\"path\":\"/p/{path}\",\"status\":{status},\"bytes\":{noise},\"remoteAddr\":\"10.0.0.{address}\"}}}}\n"
        )
    };
    (0..100_000).map(line).collect()
}

fn report<R: BufRead>(
    name: &str,
    lines: impl Fn() -> Result<R>,
    plain: impl Read,
    efforts: &[Effort],
    has: &dyn Fn(&str) -> bool,
) -> Result<()> {
    let measured: Vec<(Effort, Figures)> = efforts
        .iter()
        .map(|&effort| Ok((effort, measure(lines()?, effort)?)))
        .collect::<Result<_>>()?;
    let zstd = if has("--no-zstd") { 0 } else { zstd_size(plain)? };
    for (effort, figures) in measured {
        figures.print(&format!("{effort:?} {name}"), zstd);
        for part in figures.parts.iter().filter(|_| has("--parts")) {
            println!("{:>10.3} {}", part.bytes as f64 / figures.records.max(1) as f64, part.name);
        }
    }
    Ok(())
}

/// Packs and unpacks, block by block.
fn measure(lines: impl BufRead, effort: Effort) -> Result<Figures> {
    let mut figures = Figures::default();
    let mut lines = lines.lines();
    forget_peak();
    loop {
        let mut packer = Packer::new(effort);
        while packer.len() < MAX_RECORDS && !packer.is_full() {
            let room = BATCH.min(MAX_RECORDS - packer.len());
            let batch: Vec<Record> =
                lines.by_ref().take(room).map(record).collect::<Result<_>>()?;
            if batch.is_empty() {
                break;
            }
            let start = processor_time();
            for record in &batch {
                packer.push(record.as_document());
            }
            figures.packing += processor_time().saturating_sub(start);
        }
        if packer.is_empty() {
            return Ok(figures);
        }
        figures.add(packer)?;
    }
}

fn record(line: std::io::Result<String>) -> Result<Record> {
    Ok(json::parse_export(&line?).map(|(_, record)| record)?)
}

impl Figures {
    fn add(&mut self, packer: Packer) -> Result<()> {
        self.records += packer.len();
        self.bson += packer.bson_bytes();
        let start = processor_time();
        let block = packer.finish()?;
        self.packing += processor_time().saturating_sub(start);
        self.memory = self.memory.max(peak_memory());
        self.packed += block.bytes.len();
        let start = processor_time();
        let block = Block::open(block.bytes)?;
        for group in 0..block.groups().len() {
            block.unpack(group)?;
        }
        self.unpacking += processor_time().saturating_sub(start);
        self.parts.extend(block.sizes());
        Ok(())
    }

    fn print(&self, name: &str, zstd: usize) {
        let each = |bytes: usize| bytes as f64 / self.records.max(1) as f64;
        let rate = |time: Duration| self.records as f64 / time.as_secs_f64();
        println!(
            "{:>9} {:>8.1} {:>8.3} {:>8.3} {:>6.3} {:>9.0} {:>10.0} {:>6}  {name}",
            self.records,
            each(self.bson),
            each(zstd),
            each(self.packed),
            self.packed as f64 / zstd.max(1) as f64,
            rate(self.packing),
            rate(self.unpacking),
            self.memory >> 20,
        );
    }
}

/// What one frame of zstd takes whose window is as large as the text.
fn zstd_size(mut text: impl Read) -> Result<usize> {
    const LEVEL: i32 = 19;
    const LARGEST_WINDOW: u32 = 27;
    let mut bytes = Vec::new();
    text.read_to_end(&mut bytes)?;
    let mut encoder = zstd::Encoder::new(Vec::new(), LEVEL)?;
    encoder.long_distance_matching(true)?;
    encoder.window_log((bytes.len().max(1).ilog2() + 1).clamp(10, LARGEST_WINDOW))?;
    encoder.write_all(&bytes)?;
    Ok(encoder.finish()?.len())
}

/// The time that this thread had on a processor, where the system tells it: others may use the machine.
fn processor_time() -> Duration {
    static BEGIN: OnceLock<Instant> = OnceLock::new();
    // The system adds up at the latest when it chooses who is next.
    std::thread::yield_now();
    let nanos = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = nanos.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| BEGIN.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

/// The most memory that the process had since [`forget_peak`], in bytes; 0 where the system does not tell it.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    kib.unwrap_or(0) << 10
}

/// Where the system knows how to, which `proc(5)` tells.
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap_or_default();
}

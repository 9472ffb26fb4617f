//! How small records get, and how fast: `cargo bench -p woodpile-block --bench pack -- [--quick] [--parts] FILE…`.
//!
//! Each file holds records as extended JSON, one a line, as `woodpile export` writes them. Beside them stand the bytes
//! that `zstd -19` makes of the same lines, in windows as large as the file. Without files, access records are made.
#![expect(clippy::print_stdout, reason = "it prints its figures")]
#![expect(clippy::cast_precision_loss, reason = "figures have few digits")]
#![expect(clippy::disallowed_methods, reason = "it measures time")]

use std::error::Error;
use std::time::{Duration, Instant};
use woodpile_block::{Block, Effort, MAX_RECORDS, Packer, PartSize};
use woodpile_record::{RawDocument, Record, json};

/// What was measured of one file.
#[derive(Default)]
struct Figures {
    records: usize,
    bson: usize,
    packed: usize,
    packing: Duration,
    unpacking: Duration,
    parts: Vec<PartSize>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let effort = if has("--quick") { Effort::Quick } else { Effort::Thorough };
    let files: Vec<&String> =
        arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    println!(
        "{:>10} {:>8} {:>8} {:>8} {:>6} {:>10} {:>10}",
        "records", "BSON", "zstd -19", "block", "ratio", "packed/s", "unpacked/s"
    );
    if files.is_empty() {
        report("made", &made(), effort, has("--parts"))?;
    }
    for file in files {
        report(file, &std::fs::read_to_string(file)?, effort, has("--parts"))?;
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

fn report(name: &str, text: &str, effort: Effort, parts: bool) -> Result<(), Box<dyn Error>> {
    let figures = measure(text, effort)?;
    let zstd = zstd_size(text)?;
    let each = |bytes: usize| bytes as f64 / figures.records.max(1) as f64;
    let rate = |time: Duration| figures.records as f64 / time.as_secs_f64();
    println!(
        "{:>10} {:>8.1} {:>8.3} {:>8.3} {:>6.3} {:>10.0} {:>10.0}  {name}",
        figures.records,
        each(figures.bson),
        each(zstd),
        each(figures.packed),
        figures.packed as f64 / zstd.max(1) as f64,
        rate(figures.packing),
        rate(figures.unpacking),
    );
    for part in figures.parts.iter().filter(|_| parts) {
        println!("{:>10.3} {}", part.bytes as f64 / figures.records.max(1) as f64, part.name);
    }
    Ok(())
}

/// Packs and unpacks, block by block.
fn measure(text: &str, effort: Effort) -> Result<Figures, Box<dyn Error>> {
    let mut figures = Figures::default();
    let records: Vec<Record> = text
        .lines()
        .map(|line| json::parse_export(line).map(|(_, record)| record))
        .collect::<Result<_, _>>()?;
    for block in records.chunks(MAX_RECORDS) {
        figures.add(block.iter().map(Record::as_document), effort)?;
    }
    Ok(figures)
}

impl Figures {
    fn add<'a>(
        &mut self,
        records: impl Iterator<Item = &'a RawDocument>,
        effort: Effort,
    ) -> Result<(), Box<dyn Error>> {
        let start = Instant::now();
        let mut packer = Packer::new(effort);
        records.for_each(|record| packer.push(record));
        self.records += packer.len();
        self.bson += packer.bson_bytes();
        let block = packer.finish()?;
        self.packing += start.elapsed();
        self.packed += block.bytes.len();
        let start = Instant::now();
        let block = Block::open(block.bytes)?;
        for group in 0..block.groups().len() {
            block.unpack(group)?;
        }
        self.unpacking += start.elapsed();
        self.parts.extend(block.sizes());
        Ok(())
    }
}

/// What one frame of zstd takes whose window is as large as the text.
fn zstd_size(text: &str) -> Result<usize, Box<dyn Error>> {
    const LEVEL: i32 = 19;
    const LARGEST_WINDOW: u32 = 27;
    let mut encoder = zstd::Encoder::new(Vec::new(), LEVEL)?;
    encoder.long_distance_matching(true)?;
    encoder.window_log((text.len().max(1).ilog2() + 1).clamp(10, LARGEST_WINDOW))?;
    std::io::copy(&mut text.as_bytes(), &mut encoder)?;
    Ok(encoder.finish()?.len())
}

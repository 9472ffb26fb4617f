//! How often and when a process is killed that must lose nothing by it.

use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

/// How often by default.
const KILLS: u32 = 20;
/// Says how often else.
const VARIABLE: &str = "WOODPILE_TEST_KILLS";
/// About what a commit takes: every moment of one is met.
const SPREAD_MICROS: u32 = 9_000;

/// How many rounds a test goes that kills one process in each.
pub fn kills() -> u32 {
    crate::variable(VARIABLE).and_then(|rounds| rounds.parse().ok()).unwrap_or(KILLS)
}

/// Kills a process as `kill -9` does, a moment later that differs from round to round.
///
/// # Errors
/// Whatever the system says.
pub fn kill_after(child: &mut Child, round: u32) -> std::io::Result<()> {
    sleep(Duration::from_micros(u64::from(round * 373 % SPREAD_MICROS)));
    child.kill()?;
    child.wait().map(drop)
}

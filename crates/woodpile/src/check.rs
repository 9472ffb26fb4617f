//! `woodpile check`: looks for damage.

use crate::cli::CheckArgs;
use crate::exit::{FAILED, say};
use crate::interrupt;
use crate::settings::Settings;
use std::io::{self, Write};
use std::process::ExitCode;
use woodpile_store::Finding;

/// Prints what is wrong with the store; exit code 3 if anything is.
pub(crate) fn execute(args: &CheckArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let store = settings.open_to_read()?;
    interrupt::ends_the_program()?;
    let findings = store.check(args.deep)?;
    let mut out = io::stdout().lock();
    for finding in &findings {
        writeln!(out, "{}", describe(finding))?;
    }
    if findings.is_empty() {
        let looked =
            if args.deep { "every record was read" } else { "--deep also reads every record" };
        writeln!(out, "no damage found; {looked}")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "{} found; what is not damaged can be read and exported", findings.len())?;
    Ok(ExitCode::from(FAILED))
}

/// Says what a search had to pass over.
pub(crate) fn tell_damage<'f>(damage: impl Iterator<Item = &'f Finding>) {
    for finding in damage {
        say(&format!("passed over, as it is damaged: {}", describe(finding)));
    }
}

fn describe(finding: &Finding) -> String {
    let cost = match finding.records {
        Some(records) => format!(" ({records} records lost)"),
        None => String::new(),
    };
    format!("{}: {}{cost}", finding.place, finding.problem)
}

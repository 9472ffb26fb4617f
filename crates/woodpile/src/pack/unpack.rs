use super::lease::Lease;
use super::outcome::Sizes;
use super::{choose, interrupted, print, told};
use crate::cli::UnpackArgs;
use crate::exit::FAILED;
use crate::interrupt;
use crate::settings::Settings;
use std::process::ExitCode;
use woodpile_keep::{PackError, unpack};

/// Makes every record of a collection hot again.
pub(crate) fn execute(args: &UnpackArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let store = settings.open_to_change()?;
    let name = args.collection.as_str();
    let before = Sizes::of(&choose(&*store, Some(name))?);
    let lease = Lease { stopped: interrupt::raises_a_flag()? };
    let unpacked = match lease.take(name, |watch| unpack(&*store, name, watch)) {
        Err(PackError::Stopped) => return Ok(interrupted()),
        unpacked => unpacked?,
    };
    store.tidy()?;
    let is_whole = told(&unpacked.left);
    print(&before.compare(&store.collections()?, true))?;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

//! What the command line means, with the environment and `woodpile.toml`: flags beat environment beats file.

use crate::cli::GlobalArgs;
use woodpile_store::Store;

/// What every command needs to know.
#[derive(Debug)]
pub(crate) struct Settings {
    global: GlobalArgs,
}

impl Settings {
    pub(crate) fn gather(global: GlobalArgs) -> anyhow::Result<Self> {
        Ok(Self { global })
    }

    /// Opens the store, after saying once on standard error which one it is, and why.
    pub(crate) fn open_store(&self) -> anyhow::Result<Box<dyn Store>> {
        anyhow::bail!("being written {:?}", self.global)
    }
}

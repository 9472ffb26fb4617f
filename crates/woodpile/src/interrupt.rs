//! Ctrl-C.

use crate::exit::INTERRUPTED;
use anyhow::Context;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether Ctrl-C ends the program.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// It is somebody else's for now.
    pub(crate) fn ignore(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    /// It ends the program again.
    pub(crate) fn heed(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// From now on Ctrl-C ends the program at once, with the exit code for it: nothing is under way that
/// would have to be finished.
pub(crate) fn ends_the_program() -> anyhow::Result<Interrupt> {
    let at_once = Arc::new(AtomicBool::new(true));
    flag::register_conditional_shutdown(SIGINT, i32::from(INTERRUPTED), Arc::clone(&at_once))
        .context("cannot listen to Ctrl-C")?;
    Ok(Interrupt(at_once))
}

/// From now on the first Ctrl-C raises the flag, and a second ends the program.
pub(crate) fn raises_a_flag() -> anyhow::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // The shutdown is registered first: at the first signal the flag is still down.
        flag::register_conditional_shutdown(signal, i32::from(INTERRUPTED), Arc::clone(&flag))
            .and_then(|_| flag::register(signal, Arc::clone(&flag)))
            .context("cannot listen to Ctrl-C")?;
    }
    Ok(flag)
}

use super::progress::Bar;
use crate::exit::say;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use woodpile_keep::{PackError, Watch};

/// How often it is tried to get a lease that another has.
const TRY_EVERY: Duration = Duration::from_millis(250);

/// Takes turns with others that pack.
pub(crate) struct Lease {
    /// Ctrl-C.
    pub(crate) stopped: Arc<AtomicBool>,
}

impl Lease {
    /// Does the work on a collection; waits while another is packing it, and says so.
    pub(crate) fn take<T>(
        &self,
        collection: &str,
        mut work: impl FnMut(&mut dyn Watch) -> Result<T, PackError>,
    ) -> Result<T, PackError> {
        let mut has_said = false;
        loop {
            match work(&mut Bar::new(collection, &self.stopped)) {
                Err(error @ PackError::Busy { .. }) if !self.is_stopped() => {
                    if !std::mem::replace(&mut has_said, true) {
                        say(&format!("{error}: waiting for it to end"));
                    }
                    thread::sleep(TRY_EVERY);
                }
                Err(PackError::Busy { .. }) => return Err(PackError::Stopped),
                outcome => return outcome,
            }
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

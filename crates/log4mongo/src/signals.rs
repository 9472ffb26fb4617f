use crate::{InitError, Log4Mongo, say};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// How the thread that waits for signals is named.
const THREAD: &str = "woodpile-signals";

/// Flushes at the first signal that ends the process, and then lets it.
pub(crate) fn flush_on_signals(log: Log4Mongo) -> Result<(), InitError> {
    let mut signals = Signals::new([SIGTERM, SIGINT]).map_err(InitError::System)?;
    let thread = std::thread::Builder::new().name(THREAD.into());
    let wait = move || {
        for signal in signals.forever() {
            if let Err(error) = log.flush() {
                say(&error);
            }
            if let Err(error) = emulate_default_handler(signal) {
                say(&error);
            }
        }
    };
    thread.spawn(wait).map_err(InitError::System)?;
    Ok(())
}

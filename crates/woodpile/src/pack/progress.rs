use indicatif::{ProgressBar, ProgressStyle};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use woodpile_keep::Watch;

const REDRAW: Duration = Duration::from_millis(100);
const TEMPLATE: &str =
    "{prefix} {bar:30} {human_pos} of {human_len} records, {per_sec}, {eta} left";

/// How far packing is, on standard error if that is a terminal; ended by Ctrl-C.
pub(super) struct Bar<'f> {
    bar: ProgressBar,
    stopped: &'f AtomicBool,
}

impl<'f> Bar<'f> {
    pub(super) fn new(collection: &str, stopped: &'f AtomicBool) -> Self {
        let bar = ProgressBar::new(0).with_prefix(collection.to_owned());
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(REDRAW);
        }
        Self { bar, stopped }
    }
}

impl Drop for Bar<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Watch for Bar<'_> {
    fn progress(&mut self, done: u64, total: u64) {
        self.bar.set_length(total);
        self.bar.set_position(done);
    }

    fn goes_on(&mut self) -> bool {
        !self.stopped.load(Ordering::Relaxed)
    }
}

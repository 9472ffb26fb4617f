//! How far an import is, on a terminal.

use super::source::Source;
use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

const REDRAW: Duration = Duration::from_millis(100);
const WITH_END: &str = "{bar:30} {bytes} of {total_bytes}, {binary_bytes_per_sec}, {eta} left";
const WITHOUT_END: &str = "{spinner} {bytes}, {binary_bytes_per_sec}";

/// A bar on standard error, or nothing where that is no terminal.
pub(super) fn bar(sources: &[Source]) -> ProgressBar {
    let total: Option<u64> = sources.iter().map(Source::size).sum();
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), WITH_END),
        None => (ProgressBar::no_length(), WITHOUT_END),
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    if !bar.is_hidden() {
        bar.enable_steady_tick(REDRAW);
    }
    bar
}

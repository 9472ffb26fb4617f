//! Steps at which tests look at what a process leaves that dies there.

#[cfg(test)]
use std::sync::OnceLock;

/// What a test does at each step.
#[cfg(test)]
pub(super) static AT_STEP: OnceLock<fn(&str)> = OnceLock::new();

/// Says that this step was reached.
pub(super) fn reach(step: &str) {
    #[cfg(test)]
    if let Some(at_step) = AT_STEP.get() {
        at_step(step);
    }
    #[cfg(not(test))]
    let _ = step;
}

//! The signals that we are sent.

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{
    SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2, SIGWINCH,
};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::emulate_default_handler;
use signal_hook::low_level::siginfo::Cause;
use std::fs;

/// What `run` forwards, TTIN and TTOU among them: gunicorn adds and removes a worker at these.
pub(crate) const FORWARDED: &[i32] =
    &[SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH, SIGTTIN, SIGTTOU];

/// One signal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Received {
    /// Its number.
    pub(crate) number: i32,
    /// Whether a process sent it, not the terminal.
    pub(crate) from_process: bool,
}

/// The signals that came and were not yet looked at.
pub(crate) struct Signals(SignalsInfo<WithOrigin>);

impl Signals {
    /// From now on these come here, and the ends of children. What is ignored stays so, for us and for
    /// what we start: that is how `nohup` works.
    pub(crate) fn listen(numbers: &[i32]) -> anyhow::Result<Self> {
        let ignored = ignored_mask();
        let heard = numbers.iter().filter(|&number| ignored & (1 << (number - 1)) == 0);
        let signals = SignalsInfo::new(heard.chain([&SIGCHLD]));
        Ok(Self(signals.context("cannot listen to signals")?))
    }

    /// Waits for the next.
    pub(crate) fn next(&mut self) -> Received {
        loop {
            if let Some(origin) = self.0.wait().next() {
                let from_process = matches!(origin.cause, Cause::Sent(_));
                return Received { number: origin.signal, from_process };
            }
        }
    }
}

/// The signals that whoever started us had us ignore, a bit each; where the system has no `/proc`, none.
fn ignored_mask() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// Sends the signal on to the process. What comes from the terminal has reached it already: it is in
/// our process group.
pub(crate) fn forward(signal: Received, process: u32) {
    if signal.from_process {
        if let (Some(pid), Some(signal)) = (pid_of(process), Signal::from_named_raw(signal.number))
        {
            // It may just have ended.
            let _ = kill_process(pid, signal);
        }
    } else if signal.number == SIGTTOU {
        // The terminal wants no output from the background.
        let _ = emulate_default_handler(SIGTTOU);
    }
}

/// The process's number, as the system calls take it.
pub(crate) fn pid_of(process: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(process).ok()?)
}

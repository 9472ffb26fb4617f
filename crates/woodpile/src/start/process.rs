//! One running process: a shell in a process group of its own, so that all it starts can be stopped with it.

use super::plan::Instance;
use crate::run::command;
use crate::run::signals::pid_of;
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus, kill_process_group, waitid,
};
use std::io::{self, PipeReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What all processes share.
#[derive(Debug)]
pub(crate) struct Surroundings<'s> {
    /// The variables of the `.env` files.
    pub(crate) variables: &'s [(String, String)],
    /// The Procfile's folder.
    pub(crate) folder: &'s Path,
    /// Standard input: it says nothing and does not end, for there are programs that end with it.
    pub(crate) stdin: &'s PipeReader,
}

/// A process that was started.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    pid: Option<Pid>,
    /// How it ended, once it has.
    pub(crate) end: Option<End>,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// With this exit code.
    Exited(i32),
    /// By this signal.
    Killed(i32),
}

impl Running {
    /// Starts the process with its two streams piped.
    pub(crate) fn start(instance: &Instance, around: &Surroundings<'_>) -> io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(&instance.command).current_dir(around.folder).process_group(0);
        command.stdin(around.stdin.try_clone()?).stdout(Stdio::piped()).stderr(Stdio::piped());
        command::set_defaults(&mut command);
        command.envs(around.variables.iter().map(|(name, value)| (name, value)));
        command.env("PORT", instance.port.to_string());
        // The names that foreman and node-foreman give.
        command.env("PS", &instance.name).env("FOREMAN_WORKER_NAME", &instance.name);
        let child = command.spawn()?;
        let pid = pid_of(child.id());
        Ok(Self { child, pid, end: None })
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its two streams, once.
    pub(crate) fn streams(&mut self) -> impl Iterator<Item = std::os::fd::OwnedFd> + use<> {
        let stdout = self.child.stdout.take().map(Into::into);
        let stderr = self.child.stderr.take().map(Into::into);
        stdout.into_iter().chain(stderr)
    }

    /// Whether it has ended since this was last asked. It is not reaped yet, so that its number stays its
    /// own, and its group's, as long as signals are sent there.
    pub(crate) fn has_just_ended(&mut self) -> bool {
        let (None, Some(pid)) = (self.end, self.pid) else { return false };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        self.end = waitid(WaitId::Pid(pid), options).ok().flatten().and_then(End::of);
        self.end.is_some()
    }

    /// Sends the signal to the process and all it started.
    pub(crate) fn signal(&self, signal: Signal) {
        if let Some(pid) = self.pid {
            // There may be nobody left.
            let _ = kill_process_group(pid, signal);
        }
    }

    /// Lets the system forget the process.
    pub(crate) fn reap(mut self) {
        let _ = self.child.wait();
    }
}

impl End {
    fn of(status: WaitIdStatus) -> Option<Self> {
        let exited = status.exit_status().map(Self::Exited);
        exited.or(status.terminating_signal().map(Self::Killed))
    }

    /// As foreman tells it.
    pub(crate) fn describe(self) -> String {
        match self {
            Self::Exited(code) => format!("exited with code {code}"),
            Self::Killed(signal) => match signal_hook::low_level::signal_name(signal) {
                Some(name) => format!("terminated by {name}"),
                None => format!("terminated by signal {signal}"),
            },
        }
    }

    /// Its exit code, as a shell gives it.
    pub(crate) fn code(self) -> u8 {
        let code = match self {
            Self::Exited(code) => code,
            Self::Killed(signal) => command::AFTER_SIGNAL + signal,
        };
        u8::try_from(code).unwrap_or(u8::MAX)
    }
}

use std::fmt;
use std::future::Future;
use std::sync::mpsc;
use std::thread;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A thread with a Tokio runtime of its own, on which everything the driver does takes place: the
/// caller may be inside a runtime, which must not be blocked on, or have none at all.
pub(super) struct Runtime {
    handle: Handle,
    /// Gone when the thread is told to end.
    stop: Option<oneshot::Sender<()>>,
}

impl Runtime {
    /// Starts the thread.
    pub(super) fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        thread::Builder::new().name("woodpile-mongo".to_owned()).spawn(move || {
            let _ = runtime.block_on(stopped);
            // A name that is still being resolved must not keep the thread.
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, stop: Some(stop) })
    }

    /// Runs a job on the thread and waits for it; `None` if the job panicked.
    pub(super) fn run<T: Send + 'static>(
        &self,
        job: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.handle.spawn(async move {
            let _ = sender.send(job.await);
        });
        receiver.recv().ok()
    }

    /// Runs a last job without waiting for it, and ends the thread after it.
    pub(super) fn end_after(&mut self, job: impl Future<Output = ()> + Send + 'static) {
        let Some(stop) = self.stop.take() else { return };
        self.handle.spawn(async move {
            job.await;
            let _ = stop.send(());
        });
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").finish_non_exhaustive()
    }
}

use crate::app::App;
use crate::http::router;
use crate::limits::{
    ANSWER_LEAST, DROP_DEADLINE, MAX_BLOCKING_THREADS, READY_PATIENCE, READY_STEP,
};
use crate::listen::{HttpListener, bind};
use crate::settings::Settings;
use crate::start_error::StartError;
use crate::tls::Certificate;
use crate::ways::listeners::Listeners;
use crate::{auth, clock};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use woodpile_keep::Intake;
use woodpile_store::Store;

/// What is served.
#[derive(Debug)]
pub struct Parts {
    /// Where records are kept.
    pub intake: Intake,
    /// The store, where it is open already: its tokens are read before anybody is served. Otherwise it is the intake's,
    /// once that is connected.
    pub store: Option<Arc<dyn Store>>,
}

/// Is told what the operator should know; called on the server's threads, so it should return soon.
pub type Tell = Arc<dyn Fn(&str) + Send + Sync>;

/// A server that runs, on threads of its own. Dropping it stops it, with a deadline of five seconds.
pub struct Server {
    app: Arc<App>,
    address: SocketAddr,
    /// `None` once stopped.
    running: Option<Running>,
}

struct Running {
    runtime: Runtime,
    http: JoinHandle<()>,
    listeners: Listeners,
}

impl Server {
    /// Takes its addresses, and serves from then on.
    ///
    /// # Errors
    /// Says why it cannot.
    pub fn start(settings: &Settings, parts: Parts, tell: Tell) -> Result<Self, StartError> {
        let runtime = runtime()?;
        let is_opened = parts.store.is_some();
        let app = Arc::new(App::new(settings, parts));
        if let Ok(store) = app.store() {
            match auth::refresh::read(&*store, clock::now()) {
                Ok(known) => app.gate.learn(known),
                // As long as it is away nobody is let in by a token that it holds.
                Err(error) if error.is_temporary() => {}
                Err(error) => return Err(StartError::Store(error)),
            }
        }
        if app.gate.is_open() && !settings.listen.ip().is_loopback() {
            return Err(StartError::Open { address: settings.listen });
        }
        if is_opened {
            await_ready(&app);
        }
        let certificate = settings.tls.as_ref().map(Certificate::read).transpose()?.map(Arc::new);
        let entered = runtime.enter();
        let refused = |error| StartError::Listen { address: settings.listen, error };
        let listener = bind(settings.listen).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        if let Some(certificate) = &certificate {
            let check = settings.timeouts.certificate_check;
            let tell = Arc::clone(&tell);
            let tell = move |error: &StartError| tell(&error.to_string());
            tokio::spawn(Arc::clone(certificate).watch(check, tell));
        }
        tokio::spawn(auth::refresh::keep_fresh(Arc::clone(&app)));
        let listeners = Listeners::start(settings, &app, certificate.as_ref(), tell)?;
        let http = HttpListener {
            router: router(&app),
            app: Arc::clone(&app),
            certificate,
            connections: settings.connections,
        };
        let http = tokio::spawn(http.run(listener));
        drop(entered);
        Ok(Self { app, address, running: Some(Running { runtime, http, listeners }) })
    }

    /// Where HTTP is served.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether those who send and read have to show a token.
    pub fn asks_for_secrets(&self) -> bool {
        self.app.gate.asks_for_secrets()
    }

    /// Where syslog is taken over UDP and TCP.
    pub fn syslog_address(&self) -> Option<SocketAddr> {
        self.running.as_ref()?.listeners.syslog
    }

    /// Where syslog is taken over TLS.
    pub fn syslog_tls_address(&self) -> Option<SocketAddr> {
        self.running.as_ref()?.listeners.syslog_tls
    }

    /// Accepts no more, finishes what is under way and closes the intake. False if that took longer than the deadline:
    /// what was not acknowledged by then is not.
    pub fn stop(mut self, deadline: Duration) -> bool {
        self.end(deadline)
    }

    fn end(&mut self, deadline: Duration) -> bool {
        let Some(Running { runtime, http, listeners }) = self.running.take() else { return true };
        let started = clock::instant();
        self.app.stop();
        let ended = runtime.block_on(async {
            let ending = async { tokio::join!(http, listeners.end()) };
            let ended = tokio::time::timeout(deadline, ending).await.is_ok();
            auth::refresh::note_uses(&self.app).await;
            ended
        });
        let rest = deadline.saturating_sub(started.elapsed()).max(ANSWER_LEAST);
        let kept = self.app.intake.close(rest).is_ok();
        runtime.shutdown_background();
        ended && kept
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end(DROP_DEADLINE);
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Waits until the intake has the store that is open already: who asks at once is not told that it is away.
fn await_ready(app: &App) {
    let started = clock::instant();
    while !app.intake.is_ready() && started.elapsed() < READY_PATIENCE {
        std::thread::sleep(READY_STEP);
    }
}

fn runtime() -> Result<Runtime, StartError> {
    Builder::new_multi_thread()
        .thread_name("woodpile-server")
        .max_blocking_threads(MAX_BLOCKING_THREADS)
        .enable_all()
        .build()
        .map_err(StartError::Threads)
}

//! What listens, or looks, beside HTTP.

use crate::Tell;
use crate::app::App;
use crate::listen::bind;
use crate::settings::Settings;
use crate::start_error::StartError;
use crate::tls::Certificate;
use crate::ways::follow::{Files, Follow};
use crate::ways::syslog::Door;
use crate::ways::syslog::tcp::SyslogListener;
use crate::ways::syslog::udp::Inbox;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::UdpSocket;
use tokio::task::{JoinSet, spawn_blocking};

/// Everything that brings records by itself.
#[derive(Debug)]
pub(crate) struct Listeners {
    pub(crate) syslog: Option<SocketAddr>,
    pub(crate) syslog_tls: Option<SocketAddr>,
    tasks: JoinSet<()>,
    follow: Option<Follow>,
}

impl Listeners {
    /// Takes the addresses of the settings, and starts; within a runtime.
    pub(crate) fn start(
        settings: &Settings,
        app: &Arc<App>,
        certificate: Option<&Arc<Certificate>>,
        tell: Tell,
    ) -> Result<Self, StartError> {
        let mut this = Self { syslog: None, syslog_tls: None, tasks: JoinSet::new(), follow: None };
        if let Some(address) = settings.syslog {
            this.syslog = Some(this.start_syslog(app, address)?);
        }
        if let Some(address) = settings.syslog_tls {
            let certificate = certificate.ok_or(StartError::NoCertificate)?;
            this.syslog_tls = Some(this.start_tcp(app, address, Some(Arc::clone(certificate)))?);
        }
        if !settings.follow.is_empty() {
            this.follow = Some(start_follow(settings, app, tell)?);
        }
        Ok(this)
    }

    /// Both have the same port, also where the system chooses it.
    fn start_syslog(
        &mut self,
        app: &Arc<App>,
        address: SocketAddr,
    ) -> Result<SocketAddr, StartError> {
        let address = self.start_tcp(app, address, None)?;
        let refused = |error| StartError::Listen { address, error };
        let socket = udp_socket(address).map_err(refused)?;
        self.tasks.spawn(Inbox::new(Door::new(Arc::clone(app), address), socket).run());
        Ok(address)
    }

    fn start_tcp(
        &mut self,
        app: &Arc<App>,
        address: SocketAddr,
        certificate: Option<Arc<Certificate>>,
    ) -> Result<SocketAddr, StartError> {
        if app.gate.is_open() && !address.ip().is_loopback() {
            return Err(StartError::Open { address });
        }
        let refused = |error| StartError::Listen { address, error };
        let listener = bind(address).map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        self.tasks.spawn(SyslogListener::new(Arc::clone(app), address, certificate).run(listener));
        Ok(address)
    }

    /// Returns when all have ended that the app was told to stop.
    pub(crate) async fn end(mut self) {
        let follow = self.follow.take();
        let followed = spawn_blocking(move || drop(follow));
        while self.tasks.join_next().await.is_some() {}
        // It fails only where the thread panicked, which was told by then.
        let _ = followed.await;
    }
}

fn udp_socket(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind(address)?;
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}

fn start_follow(settings: &Settings, app: &Arc<App>, tell: Tell) -> Result<Follow, StartError> {
    for pattern in &settings.follow {
        glob::Pattern::new(pattern).map_err(|error| StartError::Pattern {
            pattern: pattern.clone(),
            reason: error.to_string(),
        })?;
    }
    let files = Files { patterns: settings.follow.clone(), hostname: settings.hostname.clone() };
    Follow::start(Arc::clone(app), files, tell).map_err(StartError::Threads)
}

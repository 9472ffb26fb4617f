//! Files that are followed as programs write to them, through rotation and truncation, and from where it was left when
//! the server starts again.
//!
//! Of each file a state in the store says how far it was read. It is set before a portion's records are brought, and says
//! when, and with which ids; so whoever dies in between brings the same records again, which changes nothing.

mod desk;
mod known;
mod print;
mod tracked;
mod watch;

use crate::app::{App, random_origin};
use desk::{Desk, Trouble};
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use watch::Watch;

/// How often files are looked at.
const POLL: Duration = Duration::from_millis(500);

/// The thread that follows files, until it is dropped.
#[derive(Debug)]
pub(crate) struct Follow {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Which files, and whose.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    pub(crate) patterns: Vec<String>,
    pub(crate) hostname: String,
}

impl Follow {
    pub(crate) fn start(app: Arc<App>, files: Files, tell: crate::Tell) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let run = move || run(&app, &files, &*tell, &stopped);
        let thread = thread::Builder::new().name("woodpile-follow".to_owned()).spawn(run)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // A panic was told by the hook already.
            let _ = thread.join();
        }
    }
}

fn run(app: &App, files: &Files, tell: &dyn Fn(&str), stopped: &Receiver<()>) {
    let pause = |time| stopped.recv_timeout(time) != Err(RecvTimeoutError::Timeout);
    let zone = TimeZone::system();
    let mut watch = None;
    loop {
        if let Ok(store) = app.store() {
            let desk = Desk {
                store,
                intake: &app.intake,
                hostname: &files.hostname,
                zone: &zone,
                pause: &pause,
                random: &random_origin,
            };
            match look(&mut watch, files, tell, &desk) {
                Ok(true) if !pause(Duration::ZERO) => continue,
                // A store that is away says so elsewhere.
                Ok(_) | Err(_) => {}
            }
            if pause(POLL) {
                if let Some(watch) = &mut watch {
                    watch.settle(&desk);
                }
                return;
            }
        } else if pause(POLL) {
            return;
        }
    }
}

fn look<'w>(
    watch: &mut Option<Watch<'w>>,
    files: &'w Files,
    tell: &'w dyn Fn(&str),
    desk: &Desk<'_>,
) -> Result<bool, Trouble> {
    if let Some(watch) = watch {
        return watch.look(desk);
    }
    *watch = Some(Watch::resume(&files.patterns, tell, desk)?);
    Ok(true)
}

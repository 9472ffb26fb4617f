//! A server over a file, as a program runs one: `serve FILE [PATTERN]…` takes what comes over HTTP and syslog and follows the
//! files of the patterns. It prints where it listens, and serves until it is killed.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::{env, io, thread};
use woodpile_keep::{Intake, IntakeSettings};
use woodpile_server::{Parts, Server, Settings};
use woodpile_store::{OpenOptions, SqliteStore, Store};

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().ok_or_else(|| io::Error::other("usage: serve FILE [PATTERN]…"))?;
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(path.as_ref(), &OpenOptions::WRITE)?);
    let settings = Settings {
        listen: (Ipv4Addr::LOCALHOST, 0).into(),
        syslog: Some((Ipv4Addr::LOCALHOST, 0).into()),
        follow: arguments.collect(),
        ..Settings::default()
    };
    let kept = Arc::clone(&store);
    let connect = Box::new(move || Ok(Arc::clone(&kept)));
    let notices = Box::new(|notice: &_| eprintln!("{notice}"));
    let intake = Intake::start(connect, None, notices, IntakeSettings::default())?;
    let tell = Arc::new(|text: &str| eprintln!("{text}"));
    let server = Server::start(&settings, Parts { intake, store: Some(store) }, tell)?;
    println!("{}", server.address());
    println!("{}", server.syslog_address().ok_or_else(|| io::Error::other("no syslog"))?);
    loop {
        thread::park();
    }
}

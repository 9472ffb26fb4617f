//! heroku-log4mongo's app, in Rust: one route that says hello, and its three logs kept.
//!
//! `/` logs a line and answers, `/fail` fails with an error that has a cause, `/panic` panics, anything
//! else is a 404.

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use log4mongo::{Cause, ClientAddr, Log4Mongo};
use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::num::ParseIntError;
use tokio::net::TcpListener;

/// Where the app listens when `PORT` does not say: foreman's first port.
const DEFAULT_PORT: u16 = 5000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // Dropped at the end of `main`: that flushes what is still on its way.
    let guard = log4mongo::init_from_env()?;
    let log = guard.log();
    log.server().starting(concat!("hello ", env!("CARGO_PKG_VERSION")));
    let listener = TcpListener::bind(address()?).await?;
    let url = format!("http://{}", listener.local_addr()?);
    log.server().listening_at(&url);
    say_what_next(&url);
    let app = app(log).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).with_graceful_shutdown(told_to_stop()).await?;
    log.server().shutting_down("asked to");
    Ok(())
}

fn app(log: &Log4Mongo) -> Router {
    let access = log.access_log().client(client_addr()).peer(|extensions| {
        extensions.get::<ConnectInfo<SocketAddr>>().map(|connection| connection.0)
    });
    Router::new()
        .route("/", get(hello))
        .route("/fail", get(fail))
        .route("/panic", get(panic))
        .layer(log.error_log())
        .layer(access)
}

async fn hello() -> &'static str {
    tracing::debug!("This is an application log message");
    "Hello, world!"
}

async fn fail() -> Result<&'static str, NoCart> {
    let cart = "seven".parse::<u32>().map_err(NoCart)?;
    tracing::info!(cart, "never said");
    Ok("never sent")
}

#[expect(clippy::panic, reason = "this route shows what becomes of a panic")]
async fn panic() -> &'static str {
    panic!("the cart is on fire")
}

/// An error with a cause; the client hears nothing of either, the error log all.
#[derive(Debug)]
struct NoCart(ParseIntError);

impl fmt::Display for NoCart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is no such cart")
    }
}

impl Error for NoCart {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

impl IntoResponse for NoCart {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::INTERNAL_SERVER_ERROR, "Sorry.\n").into_response();
        response.extensions_mut().insert(Cause::new(self));
        response
    }
}

/// With `PORT`, as platforms set it, the whole network; without, this machine alone.
#[expect(clippy::disallowed_methods, reason = "an app's main reads its environment")]
fn address() -> Result<SocketAddr, String> {
    let Ok(port) = std::env::var("PORT") else {
        return Ok(SocketAddr::from(([127, 0, 0, 1], DEFAULT_PORT)));
    };
    let port =
        port.parse().map_err(|_| format!("PORT should be a number up to 65535, not {port:?}"))?;
    Ok(SocketAddr::from(([0, 0, 0, 0], port)))
}

/// On Heroku the router is the peer, and tells who called it.
#[expect(clippy::disallowed_methods, reason = "an app's main reads its environment")]
fn client_addr() -> ClientAddr {
    match std::env::var("DYNO") {
        Ok(_) => ClientAddr::Behind { proxies: 1 },
        Err(_) => ClientAddr::Peer,
    }
}

#[expect(clippy::print_stderr, reason = "an app's main talks to whoever started it")]
fn say_what_next(url: &str) {
    eprintln!(
        "hello: listening at {url}
hello: in another terminal:  curl {url}/ {url}/fail {url}/panic {url}/nothing
hello: then read the logs:   cargo run -p woodpile -- logs       all of them
                             cargo run -p woodpile -- logs -a    the application's
                             cargo run -p woodpile -- logs -e    the server's errors"
    );
}

/// Ctrl-C, or what a platform sends before it stops a process.
async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    drop(interrupted.await);
}

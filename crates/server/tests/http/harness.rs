//! A server of its own for each test, on a port of its own and with a store of its own, and a client.

use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};
use woodpile_keep::{Intake, IntakeSettings};
use woodpile_server::{Parts, Server, Settings};
use woodpile_store::{OpenOptions, Order, Prune, SqliteStore, Store};

/// How long a test waits for an answer before it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, its store and a client.
pub(crate) struct Site {
    /// `None` once stopped.
    server: Option<Server>,
    address: SocketAddr,
    store: Arc<dyn Store>,
    _folder: TempDir,
    /// What the operator was told.
    told: Arc<Mutex<Vec<String>>>,
    agent: Agent,
    token: Option<String>,
    settings: Settings,
}

impl Site {
    /// As it is started without any flag.
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// Why it does not start with other settings.
    pub(crate) fn refused(change: impl FnOnce(&mut Settings)) -> String {
        let folder = tempfile::tempdir().unwrap();
        let store = open_store(&folder);
        let started = Server::start(&settings(change), parts(&store), Arc::new(|_| {}));
        started.map(|_| ()).unwrap_err().to_string()
    }

    /// With other settings; the port is chosen by the system.
    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open_store(&folder);
        let settings = settings(change);
        let told = Arc::default();
        let server = start(&settings, &store, &told);
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .proxy(None)
            .build()
            .new_agent();
        let address = server.address();
        Self {
            server: Some(server),
            address,
            store,
            _folder: folder,
            told,
            agent,
            token: None,
            settings,
        }
    }

    /// From now on every request shows this token.
    pub(crate) fn showing(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// From now on requests show no token.
    pub(crate) fn showing_nothing(mut self) -> Self {
        self.token = None;
        self
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// What the operator was told so far.
    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    /// A connection on which a test writes bytes as it likes.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Where syslog is taken over UDP and TCP.
    pub(crate) fn syslog(&self) -> SocketAddr {
        self.server.as_ref().unwrap().syslog_address().unwrap()
    }

    /// Where syslog is taken over TLS.
    pub(crate) fn syslog_tls(&self) -> SocketAddr {
        self.server.as_ref().unwrap().syslog_tls_address().unwrap()
    }

    /// Starts the server again, over the same store.
    pub(crate) fn start_again(&mut self) {
        let server = start(&self.settings, &self.store, &self.told);
        self.address = server.address();
        self.server = Some(server);
    }

    /// Waits until the collection has so many records, and returns their messages.
    #[track_caller]
    pub(crate) fn await_messages(&self, collection: &str, count: usize) -> Vec<String> {
        let started = now();
        loop {
            let messages = self.messages(collection);
            if messages.len() >= count || started.elapsed() > PATIENCE {
                assert_eq!(messages.len(), count, "{messages:#?}");
                return messages;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops the server; false if something was still under way at the deadline.
    pub(crate) fn stop(&mut self, deadline: Duration) -> bool {
        self.server.take().unwrap().stop(deadline)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], b"")
    }

    pub(crate) fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.request("POST", path, &[], body.as_ref())
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.request("DELETE", path, &[], b"")
    }

    /// Any request.
    #[track_caller]
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let url = format!("http://{}{path}", self.address);
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let shows = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        if let Some(token) = self.token.as_ref().filter(|_| !shows) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        Answer::of(self.agent.run(request.body(body).unwrap()).unwrap())
    }

    /// All records of a collection, oldest first, as extended JSON.
    pub(crate) fn records(&self, collection: &str) -> Vec<Value> {
        let mut rows = self.store.read(collection, &Prune::default(), Order::OldestFirst).unwrap();
        let mut records = Vec::new();
        while let Some(batch) = rows.next().unwrap() {
            records.extend(batch.iter().map(|document| {
                let mut text = String::new();
                woodpile_record::json::write(document, &mut text);
                serde_json::from_str::<Value>(&text).unwrap()
            }));
        }
        records
    }

    /// The messages of all records of a collection, oldest first.
    pub(crate) fn messages(&self, collection: &str) -> Vec<String> {
        let text = |record: &Value| record["message"].as_str().unwrap().to_owned();
        self.records(collection).iter().map(text).collect()
    }
}

fn open_store(folder: &TempDir) -> Arc<dyn Store> {
    let path = folder.path().join("woodpile.db");
    Arc::new(SqliteStore::open(&path, &OpenOptions::WRITE).unwrap())
}

fn settings(change: impl FnOnce(&mut Settings)) -> Settings {
    let mut settings = Settings { listen: (Ipv4Addr::LOCALHOST, 0).into(), ..Settings::default() };
    change(&mut settings);
    settings
}

fn start(settings: &Settings, store: &Arc<dyn Store>, told: &Arc<Mutex<Vec<String>>>) -> Server {
    let told = Arc::clone(told);
    let tell = Arc::new(move |text: &str| told.lock().unwrap().push(text.to_owned()));
    Server::start(settings, parts(store), tell).unwrap()
}

fn parts(store: &Arc<dyn Store>) -> Parts {
    let store = Arc::clone(store);
    let opened = Some(Arc::clone(&store));
    let settings =
        IntakeSettings { rules: Some(woodpile_rules::READ), ..IntakeSettings::default() };
    let connect = Box::new(move || Ok(Arc::clone(&store)));
    let intake = Intake::start(connect, None, Box::new(|_| {}), settings).unwrap();
    Parts { intake, store: opened }
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    fn of(mut response: ureq::http::Response<ureq::Body>) -> Self {
        let body = response.body_mut().read_to_vec().unwrap();
        let body = String::from_utf8_lossy(&body).into_owned();
        Self { status: response.status().as_u16(), headers: response.headers().clone(), body }
    }

    /// It has this status.
    #[track_caller]
    pub(crate) fn status(self, expected: u16) -> Self {
        assert_eq!(self.status, expected, "{self:#?}");
        self
    }

    /// Its body has this somewhere.
    #[track_caller]
    pub(crate) fn says(self, expected: &str) -> Self {
        assert!(self.body.contains(expected), "expected {expected:?} in {self:#?}");
        self
    }

    /// Its header of this name, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// It is an error as every client may expect it: `{"error","hint"}`, and the error says this.
    #[track_caller]
    pub(crate) fn fails(self, status: u16, error: &str) -> Self {
        let answer = self.status(status);
        let json = answer.json();
        assert_eq!(answer.header("content-type"), "application/json");
        assert!(json["error"].as_str().unwrap().contains(error), "{answer:#?}");
        assert!(!json["hint"].as_str().unwrap().is_empty(), "{answer:#?}");
        answer
    }
}

/// A point from which a test measures how long it has waited.
#[expect(clippy::disallowed_methods, reason = "a test gives up waiting after a while")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

//! Clients that are slow, cut off, or send what is no HTTP; and the server's end.

use crate::harness::{Answer, Site};
use std::io::{Read, Write};
use std::net::Shutdown;
use std::thread;
use std::time::Duration;

/// Short enough to wait for.
const SHORT: Duration = Duration::from_millis(100);

fn impatient() -> Site {
    Site::with(|settings| {
        settings.timeouts.head = SHORT;
        settings.timeouts.body_idle = SHORT;
    })
}

/// Sends bytes and reads what comes until the server closes.
fn exchange(site: &Site, bytes: &[u8]) -> String {
    let mut stream = site.connect();
    stream.write_all(bytes).unwrap();
    let mut answer = String::new();
    // A connection may also be reset.
    let _ = stream.read_to_string(&mut answer);
    answer
}

/// Waits until the counter says this.
fn wait_for_metric(site: &Site, line: &str) -> Answer {
    loop {
        let metrics = site.get("/metrics").status(200);
        if metrics.body.contains(line) {
            return metrics;
        }
        thread::yield_now();
    }
}

#[test]
fn a_body_that_stops_coming_is_answered() {
    let site = impatient();
    let head = "POST /api/records HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000\r\n\r\n{";
    let answer = exchange(&site, head.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("\"error\":\"the body did not come within"), "{answer}");
    wait_for_metric(&site, "path=\"/api/records\",method=\"POST\",status=\"408\"} 1");
}

#[test]
fn a_head_that_stops_coming_and_an_idle_connection_are_closed() {
    let site = impatient();
    assert_eq!(exchange(&site, b"GET /health HT"), "");
    wait_for_metric(&site, "woodpile_connections_failed_total{reason=\"timeout\"}");
    let answer = exchange(&site, b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200"), "closed after the answer: {answer}");
}

#[test]
fn what_is_no_http_is_answered_and_counted() {
    let site = Site::new();
    let answer = exchange(&site, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(100_000));
    let answer = exchange(&site, long.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    wait_for_metric(&site, "woodpile_connections_failed_total{reason=\"not HTTP\"}");
}

#[test]
fn a_half_closed_connection_gets_its_answer() {
    let site = Site::new();
    let mut stream = site.connect();
    let request = "POST /api/records HTTP/1.1\r\nhost: localhost\r\ncontent-length: 15\r\n\r\n{\"message\":\"a\"}";
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn a_body_that_is_cut_off_is_not_kept() {
    let site = Site::new();
    let mut stream = site.connect();
    let request = "POST /api/records HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{\"message\":\"a\"}\n";
    stream.write_all(request.as_bytes()).unwrap();
    drop(stream);
    wait_for_metric(&site, "path=\"/api/records\",method=\"POST\",status=\"400\"} 1");
    assert_eq!(site.messages("application-log"), Vec::<String>::new());
}

#[test]
fn a_refusal_is_read_although_the_body_is_long() {
    let site = Site::with(|settings| {
        settings.token = Some(woodpile_server::auth::Secret::new("secret"));
    });
    let mut stream = site.connect();
    let length = 16 * 1024 * 1024;
    let head = format!(
        "POST /api/records HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut body = stream.try_clone().unwrap();
    let writer = thread::spawn(move || {
        let _ = body.write_all(&vec![b' '; length]);
    });
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    writer.join().unwrap();
}

#[test]
fn the_end_waits_for_what_is_under_way() {
    let mut site = Site::new();
    let mut stream = site.connect();
    let head = "POST /api/records HTTP/1.1\r\nhost: localhost\r\ncontent-length: 15\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    // The server has begun with it when another request was answered after it on a connection of its own.
    site.get("/health").status(200);
    let writer = thread::spawn(move || {
        stream.write_all(b"{\"message\":\"a\"}").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let address = site.address();
    assert!(site.stop(Duration::from_secs(20)));
    let answer = writer.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(site.messages("application-log"), ["a"]);
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn one_connection_too_many_is_answered_and_the_others_go_on() {
    let site = Site::with(|settings| settings.connections = 2);
    let request = b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut held: Vec<_> = (0..2).map(|_| site.connect()).collect();
    let mut status = |stream: &mut std::net::TcpStream| {
        stream.write_all(request).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        String::from_utf8(answer.to_vec()).unwrap()
    };
    assert_eq!(held.iter_mut().map(&mut status).collect::<Vec<_>>(), ["HTTP/1.1 200"; 2]);
    let answer = exchange(&site, b"");
    assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable"), "{answer}");
    assert!(
        answer.contains("retry-after: 1") && answer.contains("too many connections"),
        "{answer}"
    );
    held.pop();
    // Its place is free as soon as the server has seen that it left.
    while exchange(&site, b"GET /health HTTP/1.1\r\nconnection: close\r\nhost: localhost\r\n\r\n")
        .starts_with("HTTP/1.1 503")
    {}
}

#[test]
fn a_client_that_reads_nothing_is_let_go() {
    let site = Site::with(|settings| settings.timeouts.write_stall = SHORT);
    let line = format!("{{\"message\":\"{}\"}}\n", "x".repeat(1_000));
    site.post("/api/records", line.repeat(20_000)).status(200);
    let mut stream = site.connect();
    stream.write_all(b"GET /api/records HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    wait_for_metric(&site, "woodpile_connections_failed_total{reason=\"broken\"}");
}

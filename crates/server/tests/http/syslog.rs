//! Syslog over real sockets.

use crate::harness::Site;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream, UdpSocket};
use std::time::Duration;
use woodpile_server::auth::Secret;

fn site() -> Site {
    Site::with(|settings| settings.syslog = Some((Ipv4Addr::LOCALHOST, 0).into()))
}

#[test]
fn messages_of_a_connection_are_kept_in_both_framings() {
    let site = site();
    let mut stream = TcpStream::connect(site.syslog()).unwrap();
    stream.write_all(b"<14>1 2026-11-22T07:32:49Z web-1 shop 812 - - one\n").unwrap();
    let counted = "<14>1 2026-11-22T07:32:50Z web-1 shop 812 - - two\nlines";
    write!(stream, "{} {counted}", counted.len()).unwrap();
    stream.write_all(b"<14>Nov 22 07:32:51 web-1 shop[812]: three").unwrap();
    drop(stream);
    let messages = site.await_messages("application-log", 3);
    assert_eq!(messages[0], "one");
    assert!(messages.contains(&"two\nlines".to_owned()), "{messages:?}");
    let record = &site.records("application-log")[0];
    assert_eq!(
        (record["hostname"].as_str(), record["process"].as_i64()),
        (Some("web-1"), Some(812))
    );
}

#[test]
fn datagrams_are_messages() {
    let site = site();
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    for number in 0..20 {
        let message = format!("<14>1 2026-11-22T07:32:{number:02}Z web-1 shop - - - {number}");
        socket.send_to(message.as_bytes(), site.syslog()).unwrap();
    }
    let expected: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    assert_eq!(site.await_messages("application-log", 20), expected);
}

#[test]
fn what_was_read_is_kept_when_the_server_stops() {
    let mut site = site();
    let mut stream = TcpStream::connect(site.syslog()).unwrap();
    stream.write_all(b"<14>1 - - shop - - - first\n<14>1 - - shop - - - without an end").unwrap();
    site.await_messages("application-log", 1);
    assert!(site.stop(Duration::from_secs(10)));
    assert_eq!(site.messages("application-log").len(), 2);
}

#[test]
fn a_token_in_the_structured_data_says_whose_a_message_is() {
    let site = Site::with(|settings| {
        settings.syslog = Some((Ipv4Addr::UNSPECIFIED, 0).into());
        settings.token = Some(Secret::new("ingest-token"));
    });
    let address = (Ipv4Addr::LOCALHOST, site.syslog().port());
    let mut known = TcpStream::connect(address).unwrap();
    known
        .write_all(b"<14>1 - - shop - - [ingest-token@41058 tag=\"a\" tag=\"b\"] known\n")
        .unwrap();
    site.await_messages("application-log", 1);
    let record = site.records("application-log").remove(0);
    assert_eq!(record["tags"].as_array().map(Vec::len), Some(2));
    assert!(!record.to_string().contains("ingest-token"), "{record}");
    for message in ["<14>1 - - shop - - [wrong@41058] wrong\n", "<14>1 - - shop - - - none\n"] {
        let mut unknown = TcpStream::connect(address).unwrap();
        unknown.write_all(message.as_bytes()).unwrap();
        // The connection is closed, which is all that syslog can be told.
        assert_eq!(unknown.read(&mut [0; 1]).unwrap_or(0), 0);
    }
    assert_eq!(site.messages("application-log"), ["known"]);
    let site = site.showing("ingest-token");
    site.request("GET", "/metrics", &[], b"").status(403);
}

#[test]
fn heroku_s_syslog_drains_are_told_from_other_senders() {
    let site = site();
    let mut stream = TcpStream::connect(site.syslog()).unwrap();
    let drain = "d.9173ea1f-6f14-4976-9cf0-7cd0dafdcb42";
    let loss = format!(
        "<172>1 2026-11-22T07:32:49+00:00 {drain} heroku logplex - - Error L10 (output buffer overflow): 7 messages dropped since 2026-11-22T07:32:40+00:00."
    );
    write!(stream, "{} {loss}", loss.len()).unwrap();
    site.await_messages("application-log", 1);
    let record = site.records("application-log").remove(0);
    assert_eq!(
        (record["heroku"]["drain"].as_str(), record["heroku"]["code"].as_str()),
        (Some(drain), Some("L10"))
    );
    site.get("/metrics").says(&format!(
        "woodpile_records_lost_before_total{{way=\"syslog\",source=\"{drain}\"}} 7"
    ));
}

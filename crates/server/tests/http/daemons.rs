//! rsyslog and syslog-ng, as Debian has them, sending to a real server.

use crate::certificate::certificate;
use crate::harness::{Site, now};
use serde_json::Value;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;
use woodpile_test_support::miss;

const PATIENCE: Duration = Duration::from_secs(30);
/// What an app writes to its machine's own socket.
const MESSAGES: [&str; 3] = [
    "<14>Nov 22 07:32:49 shop[812]: plain text",
    "<12>Nov 22 07:32:49 shop[812]: {\"level\":\"warn\",\"msg\":\"low stock\",\"item\":12}",
    "<190>Nov 22 07:32:49 shop[812]: 192.0.2.7 - - [22/Nov/2026:07:32:49 +0000] \"GET /cart HTTP/1.1\" 200 5316 \"-\" \"curl/8.5.0\"",
];

/// A daemon that runs, with a socket that it reads.
struct Daemon {
    process: Child,
    folder: TempDir,
}

impl Daemon {
    fn start(program: &Path, config: &str, arguments: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let config = config.replace("FOLDER", path.to_str().unwrap());
        fs::write(path.join("daemon.conf"), config).unwrap();
        let log = fs::File::create(path.join("output")).unwrap();
        let process = Command::new(program)
            .args(arguments(path))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { process, folder }
    }

    fn rsyslog(program: &Path, action: &str) -> Self {
        let config = format!(
            "global(workDirectory=\"FOLDER\")\n\
             module(load=\"imuxsock\" SysSock.Use=\"off\")\n\
             input(type=\"imuxsock\" Socket=\"FOLDER/log.sock\" RateLimit.Interval=\"0\")\n{action}"
        );
        let modules = modules_of(program);
        Self::start(program, &config, |folder| {
            let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
            vec![
                "-n".into(),
                "-f".into(),
                path("daemon.conf"),
                "-i".into(),
                path("pid"),
                "-M".into(),
                modules,
            ]
        })
    }

    fn syslog_ng(program: &Path, destination: &str) -> Self {
        let config = format!(
            "@version: 3.38\nsource s {{ unix-dgram(\"FOLDER/log.sock\"); }};\n\
             destination d {{ {destination}; }};\nlog {{ source(s); destination(d); }};\n"
        );
        Self::start(program, &config, |folder| {
            let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
            let mut arguments = vec!["--foreground".into(), "--no-caps".into()];
            for (option, name) in [
                ("cfgfile", "daemon.conf"),
                ("persist-file", "persist"),
                ("pidfile", "pid"),
                ("control", "control"),
            ] {
                arguments.push(format!("--{option}={}", path(name)));
            }
            arguments
        })
    }

    /// Writes to the daemon as an app does, once it listens.
    fn write(&self, messages: &[&str]) {
        let path = self.folder.path().join("log.sock");
        let socket = UnixDatagram::unbound().unwrap();
        let started = now();
        while let Err(error) = socket.connect(&path) {
            let said = fs::read_to_string(self.folder.path().join("output")).unwrap();
            assert!(started.elapsed() < PATIENCE, "{error}: {said}");
            thread::sleep(Duration::from_millis(10));
        }
        for message in messages {
            socket.send(message.as_bytes()).unwrap();
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where a program is that the system's owner has installed, or unpacked in a folder of the path: rsyslog and syslog-ng
/// cannot both be installed. `None` means: skip the test.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
    let found = folders.map(|folder| folder.join(name)).find(|program| program.exists());
    if found.is_none() {
        miss(&format!("{name} is not here; .ci/run installs what the tests need"));
    }
    found
}

/// Where its modules are, beside the program.
fn modules_of(program: &Path) -> String {
    let root = program.ancestors().nth(2).unwrap();
    let libraries = fs::read_dir(root.join("lib")).unwrap().flatten();
    let mut folders = libraries.map(|library| library.path().join("rsyslog"));
    folders.find(|folder| folder.is_dir()).unwrap().to_str().unwrap().to_owned()
}

/// Everything arrived, once, and typed.
#[track_caller]
fn check(site: &Site, what: &str) {
    let messages = site.await_messages("application-log", 2);
    assert!(messages.iter().any(|message| message == "plain text"), "{what}: {messages:?}");
    site.await_messages("access-log", 1);
    let own = site.records("application-log");
    let stock = own.iter().find(|record| record["message"] == "low stock").unwrap();
    assert_eq!(
        (stock["level"].as_str(), stock["item"].as_i64()),
        (Some("warn"), Some(12)),
        "{what}"
    );
    let access = site.records("access-log");
    assert_eq!(access[0]["http"]["status"].as_i64(), Some(200), "{what}");
    for record in own.iter().chain(&access) {
        check_origin(record, what);
    }
}

#[track_caller]
fn check_origin(record: &Value, what: &str) {
    assert_eq!(record["app"].as_str(), Some("shop"), "{what}: {record}");
    assert_eq!(record["process"].as_i64(), Some(812), "{what}: {record}");
    assert!(!record["hostname"].as_str().unwrap().is_empty(), "{what}: {record}");
}

fn plain_site() -> Site {
    Site::with(|settings| settings.syslog = Some((Ipv4Addr::LOCALHOST, 0).into()))
}

fn omfwd(address: SocketAddr, protocol: &str, options: &str) -> String {
    let port = address.port();
    format!(
        "action(type=\"omfwd\" target=\"127.0.0.1\" port=\"{port}\" protocol=\"{protocol}\" {options})\n"
    )
}

#[test]
fn what_rsyslog_sends_is_found_once() {
    let Some(rsyslogd) = program("rsyslogd") else { return };
    for (what, protocol, options) in [
        ("3164 over TCP", "tcp", ""),
        ("3164 over UDP", "udp", ""),
        ("5424, lines", "tcp", "template=\"RSYSLOG_SyslogProtocol23Format\""),
        (
            "5424, counted",
            "tcp",
            "template=\"RSYSLOG_SyslogProtocol23Format\" TCP_Framing=\"octet-counted\"",
        ),
    ] {
        let site = plain_site();
        let daemon = Daemon::rsyslog(&rsyslogd, &omfwd(site.syslog(), protocol, options));
        daemon.write(&MESSAGES);
        check(&site, what);
    }
}

#[test]
fn what_rsyslog_sends_over_tls_with_logglys_template_is_found_once() {
    let Some(rsyslogd) = program("rsyslogd") else { return };
    let (folder, files) = certificate();
    let site = Site::with(|settings| {
        settings.tls = Some(files);
        settings.syslog_tls = Some((Ipv4Addr::LOCALHOST, 0).into());
        settings.token = Some(woodpile_server::auth::Secret::new("loggly-token"));
    });
    let template = "template(name=\"loggly\" type=\"string\" string=\"<%pri%>%protocol-version% %timestamp:::date-rfc3339% %HOSTNAME% %app-name% %procid% %msgid% [loggly-token@41058 tag=\\\"RsyslogTLS\\\"] %msg%\\n\")\n";
    let tls = "template=\"loggly\" StreamDriver=\"gtls\" StreamDriverMode=\"1\" StreamDriverAuthMode=\"anon\"";
    let ca = folder.path().join("ca.pem");
    let action = omfwd(site.syslog_tls(), "tcp", tls);
    let global = format!("global(DefaultNetstreamDriverCAFile=\"{}\")\n", ca.display());
    let daemon = Daemon::rsyslog(&rsyslogd, &format!("{global}{template}{action}"));
    daemon.write(&MESSAGES);
    check(&site, "Loggly's template over TLS");
    for record in site.records("application-log") {
        assert_eq!(record["tags"][0].as_str(), Some("RsyslogTLS"));
        assert!(!record.to_string().contains("loggly-token"), "{record}");
    }
}

#[test]
fn what_syslog_ng_sends_is_found_once() {
    let Some(syslog_ng) = program("syslog-ng") else { return };
    let (folder, files) = certificate();
    let site = || {
        let files = files.clone();
        Site::with(|settings| {
            settings.tls = Some(files);
            settings.syslog = Some((Ipv4Addr::LOCALHOST, 0).into());
            settings.syslog_tls = Some((Ipv4Addr::LOCALHOST, 0).into());
        })
    };
    let ca = folder.path().join("ca.pem");
    let tls = format!(
        "transport(\"tls\") tls(ca-file(\"{}\") peer-verify(required-trusted))",
        ca.display()
    );
    for (what, driver, options) in [
        ("5424, counted", "syslog", "transport(\"tcp\")"),
        ("3164 over TCP", "network", "transport(\"tcp\")"),
        ("3164 over UDP", "network", "transport(\"udp\")"),
        ("5424 in lines", "network", "transport(\"tcp\") flags(syslog-protocol)"),
        ("5424 over TLS", "syslog", &tls),
    ] {
        let site = site();
        let address = if options == tls { site.syslog_tls() } else { site.syslog() };
        let daemon = Daemon::syslog_ng(
            &syslog_ng,
            &format!("{driver}(\"localhost\" port({}) ip-protocol(4) {options})", address.port()),
        );
        daemon.write(&MESSAGES);
        check(&site, what);
    }
}

//! `woodpile serve`, as an operator starts and ends it.

use crate::harness::{Home, Outcome, signal};
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, ChildStderr, Command};
use std::thread;

/// A server that runs, and what it said.
struct Serving {
    child: Child,
    stderr: BufReader<ChildStderr>,
    said: String,
}

impl Serving {
    /// Starts it and reads what it says until it serves.
    fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut child = home.command([&["serve"], arguments].concat()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("  read:  ") {
            assert!(stderr.read_line(&mut said).unwrap() > 0, "it ended: {said}");
        }
        Self { child, stderr, said }
    }

    /// The command that it said to paste.
    fn pasted(&self, what: &str) -> &str {
        let line = self.said.lines().find_map(|line| line.trim().strip_prefix(what));
        line.unwrap_or_else(|| panic!("no {what} in {}", self.said)).trim()
    }

    fn ends(mut self, by: &str) -> Outcome {
        signal(&self.child, by);
        self.stderr.read_to_string(&mut self.said).unwrap();
        let code = self.child.wait().unwrap().code();
        Outcome { code, stdout: String::new(), stderr: std::mem::take(&mut self.said) }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a shell makes of a command that was pasted.
fn paste(home: &Home, command: &str, variables: &[(&str, &str)]) -> String {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{command} -sS --fail-with-body")]).current_dir(home.path(""));
    let output = shell.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{command}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

const ANY_PORT: [&str; 2] = ["--listen", "127.0.0.1:0"];

#[test]
fn the_two_lines_that_it_prints_send_a_record_and_read_it() {
    let home = Home::new();
    let serving = Serving::start(&home, &ANY_PORT);
    assert!(serving.said.contains("keeping logs in ./woodpile.db"), "{}", serving.said);
    assert_eq!(paste(&home, serving.pasted("send:"), &[]), "{\"accepted\":1,\"rejected\":[]}\n");
    let read = paste(&home, serving.pasted("read:"), &[]);
    assert!(read.contains("\"message\":\"hello\""), "{read}");
    serving.ends("TERM").succeeds().says("what is under way is finished first");
    assert_eq!(home.messages(), ["hello"]);
}

#[test]
fn with_a_token_and_a_password_the_lines_show_them() {
    let variables = [("WOODPILE_TOKEN", "let-me-send"), ("WOODPILE_PASSWORD", "let me read")];
    let mut home = Home::new();
    for (name, value) in variables {
        home = home.variable(name, value);
    }
    let serving = Serving::start(&home, &["--listen", "0.0.0.0:0"]);
    paste(&home, serving.pasted("send:"), &variables);
    let read = paste(&home, serving.pasted("read:"), &variables);
    assert!(read.contains("\"message\":\"hello\""), "{read}");
    for (_, secret) in variables {
        assert!(!serving.said.contains(secret), "{}", serving.said);
    }
    serving.ends("INT").code(130);
}

#[test]
fn others_are_not_served_without_a_secret() {
    let home = Home::new();
    let open = ["serve", "--listen", "0.0.0.0:0"];
    home.run(open).code(2).says("set WOODPILE_PASSWORD").says("woodpile token create NAME");
    let platform = Home::new().variable("PORT", "8514");
    platform.run(["serve"]).code(2).says("0.0.0.0:8514 can be reached from other machines");
    home.run(["token", "create", "web"]).succeeds();
    Serving::start(&home, &["--listen", "0.0.0.0:0"]).ends("TERM").succeeds();
}

#[test]
fn what_keeps_it_from_serving_is_said() {
    let home = Home::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    home.run(["serve", "--listen", &address])
        .code(3)
        .says(&format!("cannot listen on {address}: another program does"))
        .says("choose another port with --listen");
    home.run(["serve", "--listen", "somewhere"]).code(2).says("is no address to listen on");
    home.run(["serve", "--tls-cert", "cert.pem"]).code(2).says("--tls-key FILE");
    home.write("cert.pem", "no certificate");
    home.run([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--tls-cert",
        "cert.pem",
        "--tls-key",
        "key.pem",
    ])
    .code(3)
    .says("cannot use cert.pem: it has no certificate");
    home.write("other.db", "no store");
    home.run(["--store", "other.db", "serve"]).code(3).says("is not a woodpile store");
    let platform = Home::new().variable("PORT", "web");
    platform.run(["serve"]).code(2).says("PORT=web is no port");
}

#[test]
fn settings_may_come_from_the_environment_and_from_the_file() {
    let home = Home::new();
    home.write(
        "woodpile.toml",
        "listen = \"127.0.0.1:0\"\nfollow = [\"*.out\"]\nsyslog = \"127.0.0.1:0\"\n",
    );
    home.write("app.out", "2026-11-23 09:00:00 INFO started\n");
    let serving = Serving::start(&home, &[]);
    assert!(serving.said.contains("for syslog over UDP and TCP"), "{}", serving.said);
    assert!(serving.said.contains("following *.out"), "{}", serving.said);
    while home.messages().is_empty() {
        thread::yield_now();
    }
    serving.ends("TERM").succeeds();
    let home = home.variable("WOODPILE_LISTEN", "elsewhere");
    home.run(["serve"]).code(2).says("\"elsewhere\" is no address");
}

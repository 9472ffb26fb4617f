//! Long output on a terminal.

use crate::harness::{Home, Outcome, PROGRAM};
use std::process::{Command, Stdio};

/// Runs `logs` on a terminal of ten lines, with a pager that says that it is there.
fn on_a_terminal(home: &Home, pager: &str, args: &str) -> Outcome {
    let typed = format!("stty rows 10 cols 80; {PROGRAM} logs --color never {args}");
    let plain = home.command([PROGRAM]);
    let mut script = Command::new("/usr/bin/env");
    script.args(["script", "-qec", &typed, "/dev/null"]);
    script.env_clear().envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    script.env("TERM", "xterm").env("PATH", "/usr/bin:/bin").env("PAGER", pager);
    script.current_dir(plain.get_current_dir().unwrap());
    Outcome::of(script.stdout(Stdio::piped()).spawn().unwrap())
}

#[test]
fn a_pager_reads_what_is_longer_than_the_screen() {
    let home = Home::new();
    let line = |n: u32| format!("{{\"msg\":\"line{n}\"}}\n");
    home.run_with_input(["import", "-"], (0..50).map(line).collect::<String>()).succeeds();
    let pager = "sed 's/^/paged: /'";
    let long = on_a_terminal(&home, pager, "-o raw -n 20").succeeds().stdout;
    assert!(long.contains("paged: line30\r\n") && long.contains("paged: line49\r\n"), "{long}");
    let short = on_a_terminal(&home, pager, "-o raw -n 5").succeeds().stdout;
    assert!(short.contains("line49\r\n") && !short.contains("paged"), "{short}");
    for none in ["cat", ""] {
        let unpaged = on_a_terminal(&home, none, "-o raw -n 20").succeeds().stdout;
        assert!(unpaged.contains("line30\r\nline31\r\n"), "{unpaged}");
    }
    let left = on_a_terminal(&home, "head -n 1", "-o raw -n 20").succeeds().stdout;
    assert!(left.contains("line30\r\n") && !left.contains("line49"), "{left}");
}

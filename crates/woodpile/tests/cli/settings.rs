use crate::harness::Home;

#[test]
fn the_store_is_said_once_with_the_reason() {
    let home = Home::with(&["access.log"]);
    let outcome = home.run(["stats"]).succeeds();
    assert_eq!(
        outcome.stderr,
        "reading ./woodpile.db (the default; set WOODPILE_STORE or --store to change it)\n"
    );
}

#[test]
fn flags_beat_the_environment_and_that_beats_the_files() {
    let home = Home::new();
    home.write("woodpile.toml", "store = \"toml.db\"\n");
    let said = |home: &Home, args: &[&str]| {
        let input = r#"{"msg":"hello"}"#;
        home.run_with_input(args.iter().chain(&["import", "-"]), input).succeeds().stderr
    };
    assert!(said(&home, &[]).contains("toml.db (store in woodpile.toml)"));
    home.write(".env", "WOODPILE_STORE=dotenv.db\n");
    assert!(said(&home, &[]).contains("dotenv.db (WOODPILE_STORE in .env)"));
    let home = home.variable("WOODPILE_STORE", "variable.db");
    assert!(said(&home, &[]).contains("variable.db (WOODPILE_STORE in the environment)"));
    assert!(said(&home, &["--store", "flag.db"]).contains("flag.db (--store)"));
    for file in ["toml.db", "dotenv.db", "variable.db", "flag.db"] {
        home.run(["--store", file, "logs", "-o", "raw"]).succeeds().prints("hello\n");
    }
}

#[test]
fn a_wrong_configuration_says_where() {
    let home = Home::new();
    home.write("woodpile.toml", "stroe = \"a.db\"\n");
    home.run(["stats"]).code(2).says("woodpile.toml").says("unknown field `stroe`");
    home.write("woodpile.toml", "store = \n");
    home.run(["stats"]).code(2).says("woodpile.toml").says("line 1");
}

#[test]
fn what_is_no_store_is_refused_without_secrets() {
    let home = Home::new();
    home.run(["--store", "postgres://u:geheim@h/db", "logs"])
        .code(2)
        .says("postgres:// is no store");
    let outcome = home.run(["--store", "https://geheim@logs.example", "logs"]).code(2);
    let outcome =
        outcome.says("https://***@logs.example: this release does not read from a server");
    assert!(!outcome.stderr.contains("geheim"), "{outcome:#?}");
}

#[test]
fn a_store_that_is_not_there_is_not_made_by_those_who_read() {
    let home = Home::new();
    for command in ["logs", "stats", "export", "check"] {
        home.run([command])
            .code(3)
            .prints("")
            .says("./woodpile.db is not there yet: `woodpile run");
    }
    assert!(!home.path("woodpile.db").exists());
}

#[test]
fn completions_and_a_manual_are_built_in() {
    let home = Home::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = home.run(["completions", shell]).succeeds().stdout;
        assert!(script.contains("COMPLETE") && script.contains("woodpile"), "{shell}");
    }
    let page = home.run(["man"]).succeeds().stdout;
    for part in [".TH woodpile 1", "WOODPILE LOGS", "\\-\\-since", "WOODPILE START"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn queries_are_completed_with_what_the_store_has() {
    let home = Home::with(&["events.ndjson"]).variable("COMPLETE", "fish");
    for (word, expected) in [
        ("plan.s", "plan.seats:\n"),
        ("-stat", "-status:\n"),
        ("error http.durat", ""),
        ("* | ti", "* | timechart\n"),
        ("* | stats count() by plan.n", "* | stats count() by plan.name\n"),
        ("* | stats av", "* | stats avg(\n"),
    ] {
        home.run(["--", "woodpile", "stats", "--", word]).succeeds().prints(expected);
    }
    let commands = home.run(["--", "woodpile", "expo"]).succeeds().stdout;
    assert!(commands.starts_with("export\t"), "{commands}");
}

#[test]
fn an_unknown_command_is_a_usage_error() {
    Home::new().run(["serv"]).code(2).says("unrecognized subcommand 'serv'");
}

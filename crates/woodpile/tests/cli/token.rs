//! `woodpile token`.

use crate::harness::Home;

#[test]
fn a_token_is_made_listed_and_revoked() {
    let home = Home::new();
    let made = home.run([
        "token",
        "create",
        "web",
        "--collection",
        "web-log",
        "--tag",
        "a",
        "--tag",
        "b",
        "--rate",
        "500/s",
    ]);
    let made = made.succeeds().says("the token web (ingest), which is shown only now");
    let secret = made.stdout.trim_end();
    assert_eq!(secret.len(), 32);
    assert!(secret.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{secret}");

    home.run(["token", "create", "me", "--scope", "admin"]).succeeds();
    let listed = home.run(["token", "list"]).succeeds().stdout;
    let rows: Vec<Vec<&str>> =
        listed.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0][..6], ["name", "scope", "collection", "tags", "rate", "created"]);
    assert_eq!(rows[1][..5], ["me", "admin", "-", "-", "-"]);
    assert_eq!(rows[2][..5], ["web", "ingest", "web-log", "a,b", "500/s"]);
    assert!(!listed.contains(secret));

    home.run(["token", "revoke", "web"]).succeeds().says("revoked: web");
    home.run(["token", "revoke", "web"])
        .code(2)
        .says("there is no token \"web\": expected one of me");
}

#[test]
fn a_token_that_cannot_be_is_refused() {
    let home = Home::new();
    home.run(["token", "create", "a b"]).code(2).says("is no name for a token");
    home.run(["token", "create", "a", "--rate", "fast"]).code(2).says("is no rate");
    home.run(["token", "create", "a", "--scope", "write"]).code(2).says("is no scope");
    home.run(["token", "create", "a"]).succeeds();
    home.run(["token", "create", "a"]).code(2).says("is there already");
    home.run(["token", "list"]).succeeds().says("reading ./woodpile.db");
}

//! Rules: what is not stored, what is stored masked, and how long the rest is kept.

use crate::harness::{Home, data};
use crate::run::home as home_of_shells;

fn add(home: &Home, args: &[&str]) {
    home.run([&["rule", "add"], args].concat()).succeeds();
}

fn import(home: &Home, capture: &str) -> crate::harness::Outcome {
    home.run(["import", data(capture).to_str().unwrap()]).succeeds()
}

#[test]
fn rules_are_listed_and_removed_by_number() {
    let home = Home::new();
    home.run(["rule", "add", "drop", "path:/health*"])
        .succeeds()
        .prints("1  drop path:\\/health*\n");
    add(&home, &["mask", "user.email,", "ip"]);
    add(&home, &["keep", "level:debug", "for", "7d"]);
    add(&home, &["keep", "--collection", "access-log", "for", "100", "records"]);
    home.run(["rule", "remove", "1"]).succeeds().says("removed: 1  drop path:\\/health*");
    home.run(["rule", "list"]).succeeds().prints(
        "2  mask user.email, ip\n\
         3  keep level:debug for 1w\n\
         4  keep collection:access-log for 100 records\n",
    );
    home.run(["rule", "remove", "1"]).code(2).says("there is no rule 1: expected one of 2, 3, 4");
}

#[track_caller]
fn refused(args: &[&str], expected: &str) {
    let home = Home::new();
    home.run([&["rule", "add"], args].concat()).code(2).says(expected);
    assert!(!home.path("woodpile.db").exists(), "nothing is made for a rule that is none");
}

#[test]
fn what_is_no_rule_is_refused_with_its_place() {
    refused(&["drop", "status:>"], "error: column 9: expected a value after >, found the end");
    refused(&["drop", "a", "|", "top", "path"], "a rule has no pipes: expected the query to end");
    refused(&["drop", "time:-1h"], "is none for a rule");
    refused(&["mask", "/(/"], "unclosed group");
    refused(&["mask", "_id"], "_id cannot be masked");
    refused(&["keep", "*"], "how much is to be kept?");
    refused(&["keep", "*", "for", "ever"], "\"ever\" is no limit");
    refused(&["keep", "*", "for", "ever"], "`woodpile rule --help` tells of rules");
}

#[test]
fn an_import_drops_and_masks_before_anything_is_stored() {
    let home = Home::new();
    add(&home, &["drop", "path:/cart"]);
    add(&home, &["mask", "ip"]);
    import(&home, "access.log").says("rules of the store dropped 1 record and masked 3");
    let exported = home.run(["export"]).succeeds();
    assert_eq!(exported.json_lines().len(), 3);
    assert!(!exported.stdout.contains("203.0.113"), "{}", exported.stdout);
    assert!(!exported.stdout.contains("/cart"), "{}", exported.stdout);
    home.run(["rule", "remove", "2"]).succeeds();
    import(&home, "access.log").says("rules of the store dropped 1 record\n");
    assert!(home.run(["export"]).succeeds().stdout.contains("203.0.113"));
}

#[test]
fn what_a_command_prints_is_judged_too() {
    let home = home_of_shells();
    add(&home, &["drop", "noise"]);
    add(&home, &["mask", "/password=(\\S+)/"]);
    let ran =
        home.run(["run", "--", "printf", "some noise\\nlogin password=geheim ok\\n"]).succeeds();
    ran.prints("some noise\nlogin password=geheim ok\n")
        .says("woodpile: rules of the store dropped 1 record and masked 1");
    let messages = home.messages();
    assert_eq!(messages[0], "login password=[masked] ok");
    assert!(messages[1].ends_with("a rule of the store names it"), "{messages:?}");
    assert_eq!(messages.len(), 2);
}

#[test]
fn packing_removes_what_is_kept_no_longer() {
    let home = crate::pack::home(3_000);
    home.run(["pack"]).succeeds();
    add(&home, &["keep", "path:/p/0", "for", "10000", "records"]);
    add(&home, &["keep", "--collection", "access-log", "for", "1000", "records"]);
    home.run(["pack"]).succeeds().says("records were removed, which the rules keep no longer");
    let left = home.run(["export"]).succeeds().json_lines();
    let special = (0..3_000).filter(|n| n % 41 == 0).count();
    assert_eq!(left.len(), special + 1_000);
    let before = home.run(["export"]).succeeds().stdout;
    home.run(["pack", "--all"]).succeeds();
    assert!(home.run(["export"]).succeeds().stdout == before);
    home.run(["check", "--deep"]).succeeds();
}

#[test]
fn the_reference_is_printed() {
    let help = home_of_shells().run(["rule", "--help"]).succeeds();
    assert!(help.stdout.contains("woodpile rule add mask user.email"), "{}", help.stdout);
}

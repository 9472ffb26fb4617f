//! Holds the table of ARCHITECTURE.md: a crate may use only the crates that the table names.

#![expect(clippy::expect_used, reason = "a failure to read the workspace is the test's")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Crate, and the workspace crates that it may depend on. A crate may depend on fewer.
const ALLOWED: &[(&str, &[&str])] = &[
    ("woodpile-record", &[]),
    ("woodpile-line", &["woodpile-record"]),
    ("woodpile-decode", &["woodpile-record", "woodpile-line"]),
    ("woodpile-block", &["woodpile-record"]),
    ("woodpile-query", &["woodpile-record", "woodpile-line"]),
    ("woodpile-present", &["woodpile-record"]),
    ("woodpile-store", &["woodpile-record", "woodpile-block"]),
    ("woodpile-search", &["woodpile-record", "woodpile-block", "woodpile-query", "woodpile-store"]),
    ("woodpile-keep", &["woodpile-record", "woodpile-line", "woodpile-block", "woodpile-store"]),
    ("woodpile-rules", &["woodpile-record", "woodpile-query", "woodpile-store", "woodpile-keep"]),
    ("log4mongo", &["woodpile-record", "woodpile-store", "woodpile-keep", "woodpile-rules"]),
    (
        "woodpile-server",
        &[
            "woodpile-record",
            "woodpile-line",
            "woodpile-decode",
            "woodpile-query",
            "woodpile-present",
            "woodpile-store",
            "woodpile-search",
            "woodpile-keep",
            "woodpile-rules",
        ],
    ),
    (
        "woodpile",
        &[
            "woodpile-record",
            "woodpile-line",
            "woodpile-decode",
            "woodpile-query",
            "woodpile-present",
            "woodpile-store",
            "woodpile-search",
            "woodpile-keep",
            "woodpile-rules",
            "woodpile-server",
            "log4mongo",
        ],
    ),
    ("hello", &["log4mongo"]),
    ("woodpile-house", &[]),
    ("woodpile-test-support", &[]),
];

/// External crates that only some may name: what touches databases, the network or threads' runtimes.
const GUARDED: &[(&str, &[&str])] = &[
    ("mongodb", &["woodpile-store"]),
    ("rusqlite", &["woodpile-store"]),
    ("tokio", &["woodpile-store", "woodpile-server", "log4mongo", "hello"]),
    ("axum", &["woodpile-server", "hello"]),
    ("hyper", &["woodpile-server"]),
    ("rustls", &["woodpile-server"]),
    ("ring", &["woodpile-server"]),
    ("clap", &["woodpile"]),
    ("anyhow", &["woodpile"]),
    ("tracing", &["log4mongo", "hello"]),
];

#[test]
fn every_edge_is_in_the_table() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut offences = Vec::new();
    for (name, dependencies) in workspace() {
        let Some(may_use) = allowed.get(name.as_str()) else {
            offences.push(format!("{name} is not in the table"));
            continue;
        };
        for used in dependencies.iter().filter(|used| allowed.contains_key(used.as_str())) {
            if !may_use.contains(&used.as_str()) {
                offences.push(format!("{name} may not use {used}"));
            }
        }
    }
    assert_eq!(offences, Vec::<String>::new());
}

#[test]
fn guarded_crates_are_used_only_where_they_belong() {
    let guarded: BTreeMap<&str, &[&str]> = GUARDED.iter().copied().collect();
    let offences: Vec<_> = workspace()
        .into_iter()
        .flat_map(|(name, used)| used.into_iter().map(move |used| (name.clone(), used)))
        .filter(|(name, used)| {
            guarded.get(used.as_str()).is_some_and(|may| !may.contains(&name.as_str()))
        })
        .collect();
    assert_eq!(offences, vec![]);
}

/// Every crate of the workspace with what it depends on outside of tests.
fn workspace() -> BTreeMap<String, BTreeSet<String>> {
    let packages = metadata();
    let packages = packages["packages"].as_array().expect("packages");
    assert!(packages.len() >= 6, "the workspace's crates are all here");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            let used = dependencies.iter().filter(|dependency| dependency["kind"].is_null());
            (text(&package["name"]), used.map(|dependency| text(&dependency["name"])).collect())
        })
        .collect()
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

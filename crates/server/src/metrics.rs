//! What is counted, and how Prometheus reads it
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>).

use crate::app::App;
use crate::auth::{Caller, Read};
use crate::traffic;
use axum::extract::State;
use http::{HeaderName, header};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// The most series of one family: what comes then is counted under `other`.
const MAX_SERIES: usize = 1_000;

/// Numbers that only grow, one for each combination of its labels' values.
#[derive(Debug)]
pub(crate) struct Family<const LABELS: usize> {
    name: &'static str,
    help: &'static str,
    labels: [&'static str; LABELS],
    series: Mutex<BTreeMap<[Cow<'static, str>; LABELS], u64>>,
}

impl<const LABELS: usize> Family<LABELS> {
    const fn new(name: &'static str, help: &'static str, labels: [&'static str; LABELS]) -> Self {
        Self { name, help, labels, series: Mutex::new(BTreeMap::new()) }
    }

    /// Adds to one of them.
    pub(crate) fn add(&self, values: [Cow<'static, str>; LABELS], count: u64) {
        if count == 0 {
            return;
        }
        let mut series = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        let values = if series.len() < MAX_SERIES || series.contains_key(&values) {
            values
        } else {
            [const { Cow::Borrowed("other") }; LABELS]
        };
        *series.entry(values).or_default() += count;
    }

    fn print(&self, out: &mut String) {
        print_head(out, self.name, self.help, "counter");
        let series = self.series.lock().unwrap_or_else(PoisonError::into_inner);
        for (values, count) in &*series {
            let labels: Vec<_> = self.labels.iter().zip(values).map(print_label).collect();
            let _ = writeln!(out, "{}{{{}}} {count}", self.name, labels.join(","));
        }
    }
}

fn print_label((name, value): (&&'static str, &Cow<'static, str>)) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{name}=\"{value}\"")
}

fn print_head(out: &mut String, name: &str, help: &str, kind: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// Numbers that differ in one label.
pub(crate) fn print_labelled(
    out: &mut String,
    name: &str,
    help: &str,
    label: &'static str,
    values: impl Iterator<Item = (String, u64)>,
) {
    print_head(out, name, help, "counter");
    for (value, count) in values {
        let label = print_label((&label, &value.into()));
        let _ = writeln!(out, "{name}{{{label}}} {count}");
    }
}

/// One number without labels, as it is now.
pub(crate) fn print_number(out: &mut String, name: &str, help: &str, kind: &str, value: u64) {
    print_head(out, name, help, kind);
    let _ = writeln!(out, "{name} {value}");
}

/// Everything that the server counts.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// Requests by path, method and status.
    pub(crate) requests: Family<3>,
    /// Records that were acknowledged, by their way in.
    pub(crate) accepted: Family<1>,
    /// Records that were not taken, by their way in and why.
    pub(crate) rejected: Family<2>,
    /// What senders said that they lost before it came here, by drain or source.
    pub(crate) lost_before: Family<2>,
    /// Frames that held another number of messages than they said.
    pub(crate) miscounted: Family<1>,
    /// Connections by how they ended that did not end well.
    pub(crate) connections: Family<1>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::new(
                "woodpile_http_requests_total",
                "Requests by path, method and status.",
                ["path", "method", "status"],
            ),
            accepted: Family::new(
                "woodpile_records_accepted_total",
                "Records that were acknowledged, by their way in.",
                ["way"],
            ),
            rejected: Family::new(
                "woodpile_records_rejected_total",
                "Records that were not taken, by their way in and why.",
                ["way", "reason"],
            ),
            lost_before: Family::new(
                "woodpile_records_lost_before_total",
                "Records that senders say they lost before they came here, by their way in and source.",
                ["way", "source"],
            ),
            miscounted: Family::new(
                "woodpile_drain_frames_miscounted_total",
                "Frames of Heroku's that held another number of messages than they said, by drain.",
                ["drain"],
            ),
            connections: Family::new(
                "woodpile_connections_failed_total",
                "Connections that were refused or broke, and why.",
                ["reason"],
            ),
        }
    }
}

/// How the format is named.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(crate) async fn get(
    _: Caller<Read>,
    State(app): State<Arc<App>>,
) -> ([(HeaderName, &'static str); 1], String) {
    let mut text = String::new();
    app.metrics.print(&mut text);
    traffic::print(&app.intake.traffic(), &mut text);
    ([(header::CONTENT_TYPE, FORMAT)], text)
}

impl Metrics {
    /// All of it, as Prometheus reads it.
    pub(crate) fn print(&self, out: &mut String) {
        self.requests.print(out);
        self.accepted.print(out);
        self.rejected.print(out);
        self.lost_before.print(out);
        self.miscounted.print(out);
        self.connections.print(out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_as_prometheus_reads_them() {
        let family: Family<1> = Family::new("a_total", "A.", ["why"]);
        family.add(["say \"no\"\\\n".into()], 2);
        family.add(["say \"no\"\\\n".into()], 1);
        let mut out = String::new();
        family.print(&mut out);
        assert_eq!(
            out,
            "# HELP a_total A.\n# TYPE a_total counter\na_total{why=\"say \\\"no\\\"\\\\\\n\"} 3\n"
        );
    }

    #[test]
    fn a_family_has_a_bounded_number_of_series() {
        let family: Family<1> = Family::new("a_total", "A.", ["source"]);
        for source in 0..2 * MAX_SERIES {
            family.add([source.to_string().into()], 1);
        }
        let mut out = String::new();
        family.print(&mut out);
        assert!(out.contains(&format!("a_total{{source=\"other\"}} {MAX_SERIES}\n")), "{out}");
    }
}

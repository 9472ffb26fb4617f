//! What the intake counts, as Prometheus reads it.

use crate::metrics::{print_labelled, print_number};
use woodpile_keep::{Level, Refusals, Traffic};

/// All of it.
pub(crate) fn print(traffic: &Traffic, out: &mut String) {
    print_records(traffic, out);
    print_deliveries(traffic, out);
    let full = match traffic.level {
        Level::Room => 0,
        Level::Near => 1,
        Level::Close => 2,
        Level::Full => 3,
    };
    for (name, help, value) in [
        (
            "woodpile_bytes_under_way",
            "Bytes of records that wait to be durable.",
            traffic.bytes_under_way,
        ),
        (
            "woodpile_backlog_bytes",
            "Bytes of records that wait to be packed.",
            traffic.backlog_bytes,
        ),
        (
            "woodpile_quota_level",
            "How full the quota is: 0 there is room, 1 80 %, 2 95 %, 3 full.",
            full,
        ),
        ("woodpile_spooled_records", "Records in the spool now.", traffic.records.spooled),
        ("woodpile_waiting_records", "Records in memory now.", traffic.records.waiting),
    ] {
        print_number(out, name, help, "gauge", value);
    }
}

fn print_records(traffic: &Traffic, out: &mut String) {
    let records = &traffic.records;
    for (name, help, value) in [
        (
            "woodpile_records_received_total",
            "Records that were handed over to be stored.",
            records.sent,
        ),
        ("woodpile_records_stored_total", "Records that the store has.", records.stored),
        (
            "woodpile_records_recovered_total",
            "Records of an earlier run that were in the spool.",
            records.recovered,
        ),
        (
            "woodpile_records_duplicate_total",
            "Records that came again, and were there already.",
            records.duplicates,
        ),
        (
            "woodpile_records_conflicting_total",
            "Records whose _id was there with other bytes.",
            records.conflicts,
        ),
        (
            "woodpile_records_masked_total",
            "Records in which a rule masked something.",
            records.masked,
        ),
    ] {
        print_number(out, name, help, "counter", value);
    }
    let dropped = records.dropped.iter().map(|(reason, count)| (reason.to_string(), count));
    let help = "Records that are not kept, by reason.";
    print_labelled(out, "woodpile_records_dropped_total", help, "reason", dropped);
}

fn print_deliveries(traffic: &Traffic, out: &mut String) {
    for (name, help, value) in [
        (
            "woodpile_deliveries_accepted_total",
            "Deliveries that were acknowledged.",
            traffic.accepted,
        ),
        ("woodpile_commits_total", "Commits of deliveries to the store.", traffic.commits),
    ] {
        print_number(out, name, help, "counter", value);
    }
    let Refusals { busy, away, full, rejected, closed } = traffic.refused;
    let refused = [
        ("busy", busy),
        ("away", away),
        ("full", full),
        ("rejected", rejected),
        ("closed", closed),
    ];
    let refused = refused.into_iter().map(|(reason, count)| (reason.to_owned(), count));
    let help = "Deliveries of which nothing was kept, by reason.";
    print_labelled(out, "woodpile_deliveries_refused_total", help, "reason", refused);
}

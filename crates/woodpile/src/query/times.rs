//! `--since` and `--until`.

use crate::cli::RangeArgs;
use crate::exit::usage;
use jiff::Zoned;
use woodpile_query::Moment;
use woodpile_store::Prune;

/// What may stand behind `--since` and `--until`, for the error.
const EXPECTED: &str = "expected such as 1h, -3h, 30m, 2d, now, today, yesterday, friday, 2026-11-22, \
                        \"2026-11-22 07:30\" or 2026-11-22T07:30:00Z";

/// What `--since` and `--until` leave at `now`, in its zone: both mean where a day or a minute begins.
pub(super) fn range(args: &RangeArgs, now: &Zoned) -> anyhow::Result<Prune> {
    let time = |option: &str, text: &Option<String>| {
        text.as_deref().map(|text| start(option, text, now)).transpose()
    };
    let prune =
        Prune { since: time("--since", &args.since)?, until: time("--until", &args.until)? };
    match (prune.since, prune.until) {
        (Some(since), Some(until)) if since >= until => {
            Err(usage("--since is not before --until: no time is left between them"))
        }
        _ => Ok(prune),
    }
}

fn start(option: &str, text: &str, now: &Zoned) -> anyhow::Result<i64> {
    Moment::parse(text)
        .map(|moment| moment.period(now).start)
        .ok_or_else(|| usage(format!("{option} {text}: this is no time; {EXPECTED}")))
}

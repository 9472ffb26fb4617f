//! `woodpile quota`: how much room the store may take.

use crate::cli::{FullChoice, QuotaArgs};
use crate::exit::usage;
use crate::settings::Settings;
use crate::stats::{grouped, local};
use crate::{byte_size, clock};
use std::io::{self, Write};
use std::process::ExitCode;
use woodpile_keep::{Level, Overflow, Quota, QuotaError, Usage, full_at};
use woodpile_store::{CollectionStats, Store, StoreError};

/// What takes a quota away.
const NONE: &str = "none";

/// What was typed as a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size(Option<u64>);

/// A size, or `none`.
pub(crate) fn parse_size(text: &str) -> Result<Size, String> {
    if text == NONE {
        return Ok(Size(None));
    }
    byte_size::parse(text)
        .map(|bytes| Size(Some(bytes)))
        .map_err(|error| format!("{error}, or `{NONE}`"))
}

/// Sets the quota, if a size was given, and prints what it is.
pub(crate) fn execute(args: &QuotaArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let store = match args.size {
        Some(Size(bytes)) => {
            let store = settings.open_to_write()?;
            let overflow = match args.full {
                Some(FullChoice::Thin) => Overflow::Thin,
                Some(FullChoice::Refuse) | None => Overflow::Refuse,
            };
            set(&*store, bytes.map(|bytes| Quota { bytes, overflow }))?;
            store
        }
        None => settings.open_to_read()?,
    };
    let report = Report::of(&*store, &store.collections()?)?;
    writeln!(io::stdout(), "{}", report.describe())?;
    Ok(ExitCode::SUCCESS)
}

fn set(store: &dyn Store, quota: Option<Quota>) -> anyhow::Result<()> {
    Quota::set(store, quota).map_err(|error| match error {
        QuotaError::Used { .. } => usage(error.to_string()),
        error => error.into(),
    })
}

/// A store's quota, how much of it is used, and when all of it will be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) usage: Option<Usage>,
    /// Milliseconds since 1970.
    pub(crate) full_at: Option<i64>,
}

impl Report {
    /// Of a store that has these collections.
    pub(crate) fn of(
        store: &dyn Store,
        collections: &[CollectionStats],
    ) -> Result<Self, StoreError> {
        let Some(quota) = Quota::of(store)? else { return Ok(Self::default()) };
        let usage = Usage { quota, used: woodpile_keep::used_bytes(collections) };
        let now = clock::now().as_millisecond();
        Ok(Self { usage: Some(usage), full_at: full_at(store, usage, collections, now)? })
    }

    /// In one line, for people.
    pub(crate) fn describe(self) -> String {
        let Some(usage) = self.usage else {
            return "no quota: `woodpile quota SIZE` sets one".to_owned();
        };
        let Quota { bytes, overflow } = usage.quota;
        let warning = if usage.level() >= Level::Near { "warning: " } else { "" };
        let then = match overflow {
            Overflow::Refuse => "when full, new records are refused",
            Overflow::Thin => {
                "when full, the oldest and least severe records make room for new ones"
            }
            Overflow::Assumed => {
                "so much the free cluster of Atlas holds, `woodpile quota SIZE` says what yours does"
            }
        };
        let (percent, used) = (usage.percent(), grouped(usage.used));
        let bytes = grouped(bytes);
        let full = match self.full_at {
            _ if usage.level() == Level::Full => String::new(),
            Some(time) => format!("; full about {} as it grew in the last 30 days", local(time)),
            None => "; it does not grow".to_owned(),
        };
        format!("{warning}quota: {used} of {bytes} bytes are used, {percent} %{full}; {then}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(used: u64, overflow: Overflow, full_at: Option<i64>, expected: &str) {
        let usage = Some(Usage { quota: Quota { bytes: 2_000, overflow }, used });
        assert_eq!(Report { usage, full_at }.describe(), expected);
    }

    #[test]
    fn a_line_says_what_is_used_and_what_then() {
        check(
            100,
            Overflow::Refuse,
            None,
            "quota: 100 of 2,000 bytes are used, 5 %; it does not grow; when full, new records are refused",
        );
        check(
            1_900,
            Overflow::Thin,
            None,
            "warning: quota: 1,900 of 2,000 bytes are used, 95 %; it does not grow; when full, the oldest and \
             least severe records make room for new ones",
        );
        check(
            2_500,
            Overflow::Refuse,
            Some(0),
            "warning: quota: 2,500 of 2,000 bytes are used, 125 %; when full, new records are refused",
        );
        assert!(Report::default().describe().starts_with("no quota: "));
    }
}

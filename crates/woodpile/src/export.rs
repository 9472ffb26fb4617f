//! `woodpile export`: every record as extended JSON, for `import` to read back unchanged.

use crate::cli::ExportArgs;
use crate::filter::Filter;
use crate::merge::{self, Merged};
use crate::screen::Screen;
use crate::settings::Settings;
use crate::{clock, interrupt, moment};
use jiff::tz::TimeZone;
use std::process::ExitCode;
use woodpile_record::json;
use woodpile_store::Order;

/// Prints the records by event time and then `_id`.
pub(crate) fn execute(args: &ExportArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let filter = Filter::of(&args.query)?;
    let prune = moment::range(&args.range, &clock::now().to_zoned(TimeZone::system()))?;
    let store = settings.open_to_read()?;
    interrupt::ends_the_program()?;
    let names = merge::collections(store.as_ref(), &filter, &prune)?;
    let mut rows = Merged::open(store.as_ref(), &names, &prune, Order::OldestFirst)?;
    let mut screen = Screen::new();
    while let Some(row) = rows.next()? {
        if !filter.matches(row.document) {
            continue;
        }
        let collection = names.get(row.collection).map_or("", String::as_str);
        screen.append(|line| {
            json::write_with(row.document, collection, line);
            line.push('\n');
        })?;
    }
    screen.flush()?;
    Ok(ExitCode::SUCCESS)
}

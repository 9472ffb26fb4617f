//! `woodpile export`: records as extended JSON, for `import` to read back unchanged.

use crate::check::tell_damage;
use crate::cli::ExportArgs;
use crate::exit::usage;
use crate::query::{Asked, Flags};
use crate::screen::Screen;
use crate::settings::Settings;
use crate::{clock, interrupt};
use jiff::tz::TimeZone;
use std::process::ExitCode;
use woodpile_record::json;
use woodpile_search::Search;
use woodpile_store::Order;

/// Prints the records by event time and then `_id`.
pub(crate) fn execute(args: &ExportArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let flags = Flags { range: Some(&args.range), ..Flags::default() };
    let asked = Asked::read(&args.query, &flags, &clock::now().to_zoned(TimeZone::system()))?;
    if !asked.pipes().is_empty() {
        return Err(usage(
            "export writes records as they are and takes no pipes; `woodpile logs -o json` and `stats --json` \
             print what pipes make",
        ));
    }
    let search = Search::new(settings.open_to_read()?);
    interrupt::ends_the_program()?;
    let names = asked.collections(search.store())?;
    let question = asked.question(Order::OldestFirst, None);
    let mut found = search.find(&question, &names);
    let mut screen = Screen::new();
    while let Some(row) = found.advance()? {
        let collection = names.get(row.collection).map_or("", String::as_str);
        screen.append(|line| {
            json::write_with(row.document, collection, line);
            line.push('\n');
        })?;
    }
    tell_damage(found.damage());
    screen.flush()?;
    Ok(ExitCode::SUCCESS)
}

//! `woodpile stats QUERY`: what a query makes of its records.

use crate::check::tell_damage;
use crate::cli::OutputFormat;
use crate::interrupt::Interrupt;
use crate::output::{Highlight, Printer};
use crate::pager::Pager;
use crate::query::Asked;
use crate::results;
use crate::screen::Screen;
use crate::settings::Settings;
use crate::style::Painter;
use jiff::tz::TimeZone;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::sync::Arc;
use woodpile_present::Form;
use woodpile_query::{Pipe, Pipeline, parse};
use woodpile_search::Search;
use woodpile_store::{Order, Store};

/// What is told of records of which nothing else is asked: as of a store without a query.
const USUAL: &str =
    "* | stats count() as records, min(time) as first, max(time) as last by collection";

/// Prints the rows: a table, or one JSON object each.
pub(super) fn print(
    asked: &Asked,
    json: bool,
    store: Arc<dyn Store>,
    settings: &Settings,
    interrupt: Interrupt,
) -> anyhow::Result<ExitCode> {
    let pipes = pipes_of(asked)?;
    let search = Search::new(store);
    let collections = asked.collections(search.store())?;
    let pipeline = Pipeline::new(&pipes, &TimeZone::system());
    let question = asked.question(Order::NewestFirst, None);
    let worked = search.work(&question, &collections, pipeline)?;
    tell_damage(worked.damage.iter());
    let printer = Printer {
        format: if json { OutputFormat::Json } else { OutputFormat::Text },
        painter: Painter { color: settings.color() },
        highlight: Highlight::default(),
        utc: false,
        form: Form { terminal: io::stdout().is_terminal(), zone: TimeZone::system() },
    };
    let mut screen = Screen::paged(Pager::of(interrupt));
    results::print(&printer, &worked.rows, false, &mut screen)?;
    screen.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn pipes_of(asked: &Asked) -> anyhow::Result<Vec<Pipe>> {
    if asked.pipes().is_empty() { Ok(parse(USUAL)?.pipes) } else { Ok(asked.pipes().to_vec()) }
}

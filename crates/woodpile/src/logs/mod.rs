//! `woodpile logs`: prints records, newest last.

mod around;
mod explain;
mod follow;
mod history;
mod nothing;
mod page;
mod plan;

use crate::cli::LogsArgs;
use crate::exit::NO_MATCH;
use crate::output::{Highlight, Printer};
use crate::pager::Pager;
use crate::screen::Screen;
use crate::settings::Settings;
use crate::style::Painter;
use crate::{clock, interrupt};
use jiff::tz::TimeZone;
use page::Page;
use plan::Plan;
use std::io::{self, IsTerminal};
use std::process::ExitCode;
use woodpile_present::Form;
use woodpile_search::Search;

/// Prints what matches; exit code 1 if nothing does.
pub(crate) fn execute(args: &LogsArgs, settings: &Settings) -> anyhow::Result<ExitCode> {
    let zone = if args.utc { TimeZone::UTC } else { TimeZone::system() };
    let plan = Plan::of(args, &clock::now().to_zoned(zone.clone()))?;
    let search = Search::new(settings.open_to_read()?);
    let interrupt = interrupt::ends_the_program()?;
    if args.explain {
        explain::print(&plan, &search)?;
        return Ok(ExitCode::SUCCESS);
    }
    let printer = Printer {
        format: args.output,
        painter: Painter { color: settings.color() },
        highlight: Highlight::of(&plan.asked.query().filter),
        utc: args.utc,
        form: Form { terminal: io::stdout().is_terminal(), zone },
    };
    if args.follow {
        return follow::print(&plan, &search, &printer);
    }
    let screen = Screen::paged(Pager::of(interrupt));
    let rows = if plan.is_streaming() {
        let mut page = Page::new(&plan, &printer, screen)?;
        history::print(&plan, &search, &mut page, &mut |_| {})?
    } else {
        history::print_results(&plan, &search, &printer, screen)?
    };
    if rows == 0 {
        nothing::say_why(&plan, &search)?;
        return Ok(ExitCode::from(NO_MATCH));
    }
    Ok(ExitCode::SUCCESS)
}

//! PostgreSQL's log on standard error, with its usual `log_line_prefix` (`%m [%p] %q%u@%d `):
//! `2026-11-22 07:32:45.123 UTC [1234] shop@shop ERROR:  relation "x" does not exist`.

use crate::scan::Scan;
use crate::time::iso;
use crate::{Context, Format, Line};
use woodpile_record::Entry;

/// How far behind the time the level may stand.
const MAX_PREFIX: usize = 300;

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let mut scan = Scan::new(line);
    let time = iso(&mut scan)?.resolve(context)?;
    let rest = scan.rest();
    let colon = rest.find(":  ").filter(|at| *at <= MAX_PREFIX)?;
    let head = rest.get(..colon)?;
    let level_at = head.rfind([' ', ':', ']']).map_or(0, |at| at + 1);
    let level = head.get(level_at..).filter(|level| is_level(level))?;
    let mut entry = Entry { time: Some(time), level: Some(level.into()), ..Entry::default() };
    let whole = set_prefix(head.get(..level_at)?, &mut entry);
    let text = rest.get(colon + 3..)?;
    entry.message = if whole { text.into() } else { line.into() };
    Some(Line::new(Format::Postgres, entry))
}

fn is_level(word: &str) -> bool {
    const LEVELS: [&str; 12] = [
        "LOG",
        "ERROR",
        "STATEMENT",
        "DETAIL",
        "HINT",
        "CONTEXT",
        "WARNING",
        "NOTICE",
        "INFO",
        "FATAL",
        "PANIC",
        "QUERY",
    ];
    LEVELS.contains(&word) || word.strip_prefix("DEBUG").is_some_and(|step| step.len() == 1)
}

/// Reads what stands between time and level. Whether that is all that it says.
fn set_prefix<'a>(prefix: &'a str, entry: &mut Entry<'a>) -> bool {
    let mut scan = Scan::new(prefix);
    scan.blanks();
    let Some(process) = scan.bracketed().and_then(|text| text.parse().ok()) else { return false };
    entry.process = Some(process);
    let rest = scan.rest().trim();
    match rest.split_once('@') {
        Some((user, database)) if !rest.contains(' ') => {
            entry.fields.push(("user".into(), user.into()));
            entry.fields.push(("database".into(), database.into()));
            true
        }
        _ => rest.is_empty(),
    }
}

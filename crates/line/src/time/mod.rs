//! Times as logs write them. Each reader takes a time off the front of a [`Scan`].

mod civil;
mod shapes;
mod zones;

pub(crate) use civil::Moment;
pub(crate) use shapes::{clock, common_log, ctime, iso, syslog};

use crate::Context;
use crate::scan::Scan;
use woodpile_record::EventTime;

/// A time at the front of a line, in any of the shapes that begin with a digit or a letter.
pub(crate) fn leading(scan: &mut Scan<'_>) -> Option<Moment> {
    match scan.peek()? {
        b'0'..=b'9' => iso(scan).or_else(|| common_log(scan)).or_else(|| clock(scan)),
        _ => syslog(scan).or_else(|| ctime(scan)),
    }
}

/// syslog's time without a zone, such as `Nov 22 07:32:49`, at the front of a text, and what follows it.
pub fn leading_syslog_time<'a>(
    text: &'a str,
    context: &Context<'_>,
) -> Option<(EventTime, &'a str)> {
    let mut scan = Scan::new(text);
    let moment = syslog(&mut scan)?;
    Some((moment.resolve(context)?, scan.rest()))
}

/// All of the text as a time, in any shape that logs have: a field's value.
pub fn whole(text: &str, context: &Context<'_>) -> Option<EventTime> {
    let mut scan = Scan::new(text.trim());
    let moment = leading(&mut scan)?;
    scan.is_empty().then(|| moment.resolve(context))?
}

//! Apache's error log: `[Sun Nov 22 07:32:49.123456 2026] [core:error] [pid 12:tid 139] [client 192.0.2.1:5678]
//! AH00128: File does not exist: /srv/x`; before 2.4 without module and process.

use crate::request::without_port;
use crate::scan::Scan;
use crate::time::ctime;
use crate::{Context, Format, Line, level};
use woodpile_record::{Entry, Http};

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let mut scan = Scan::new(line);
    scan.eat("[")?;
    let time = ctime(&mut scan)?.resolve(context)?;
    scan.eat("] ")?;
    let mut entry = Entry { time: Some(time), ..Entry::default() };
    set_level(scan.bracketed()?, &mut entry)?;
    scan.blanks();
    set_process(&mut scan, &mut entry);
    entry.message = scan.rest().into();
    entry.http = client(scan).map(Box::new);
    Some(Line::new(Format::ApacheError, entry))
}

fn set_level<'a>(text: &'a str, entry: &mut Entry<'a>) -> Option<()> {
    let (module, level) = match text.split_once(':') {
        Some((module, level)) => (Some(module), level),
        None => (None, text),
    };
    if !level::is_level(level) && !level.starts_with("trace") {
        return None;
    }
    entry.level = Some(level.into());
    entry.module = module.filter(|module| !module.is_empty()).map(Into::into);
    Some(())
}

/// `[pid 12]` or `[pid 12:tid 139]`.
fn set_process(scan: &mut Scan<'_>, entry: &mut Entry<'_>) {
    let mut after = *scan;
    let Some(text) = after.bracketed().and_then(|text| text.strip_prefix("pid ")) else { return };
    let (process, thread) = match text.split_once(":tid ") {
        Some((process, thread)) => (process, Some(thread)),
        None => (text, None),
    };
    let (Ok(process), Ok(thread)) = (process.parse(), thread.map(str::parse).transpose()) else {
        return;
    };
    entry.process = Some(process);
    entry.thread = thread;
    after.blanks();
    *scan = after;
}

fn client(mut scan: Scan<'_>) -> Option<Http<'_>> {
    let address = scan.bracketed()?.strip_prefix("client ")?;
    Some(Http { remote_addr: Some(without_port(address).into()), ..Http::default() })
}

//! Docker's json-file driver (<https://docs.docker.com/engine/logging/drivers/json-file/>): `log` is a line that
//! the app wrote, `stream` and `time` are Docker's.

use super::is_text;
use crate::fields::Field;
use crate::{Context, Format, Line, own, time};
use woodpile_record::Value;

/// The line within, with Docker's time and other fields beside it.
pub(super) fn parse<'a>(fields: &[Field<'a>], context: &Context<'_>) -> Option<Line<'a>> {
    let text = |name: &str| fields.iter().find(|(key, value)| key == name && is_text(value));
    let (_, Value::Text(log)) = text("log")? else { return None };
    let (_, Value::Text(when)) = text("time")? else { return None };
    let (_, stream) = text("stream")?;
    let when = time::whole(when, context)?;
    let app = log.strip_suffix('\n').unwrap_or(log);
    let inner = crate::parse(app, None, context);
    let mut line = Line { format: Format::Json, entry: own::entry(inner.entry), ..inner };
    line.entry.time = Some(when);
    line.entry.fields.push(("stream".into(), stream.clone()));
    let own = ["log", "time", "stream"];
    let other = fields.iter().filter(|(key, _)| !own.contains(&&**key)).cloned();
    line.entry.fields.extend(other);
    Some(line)
}

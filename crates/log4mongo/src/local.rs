//! What a developer sees on standard output: the line that heroku-log4mongo prints outside production.

use crate::collection::Collection;
use crate::text::push;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use woodpile_record::{Entry, EventTime, Value};

/// As heroku-log4mongo spells it: `2011.12:06 22:09:53`.
const TIME_FORMAT: &str = "%Y.%m:%d %H:%M:%S";

/// Appends `2011.12:06 22:09:53 [pid] [LEVEL/APPLICATION] message`, the app's own fields behind it as
/// `name=value`, and the error's causes on lines of their own.
pub(crate) fn write_line(
    out: &mut String,
    collection: &Collection,
    entry: &Entry<'_>,
    time: EventTime,
    zone: &TimeZone,
) {
    let when = Timestamp::from_millisecond(time.millis()).unwrap_or_default();
    let when = when.to_zoned(zone.clone());
    let process = entry.process.unwrap_or_default();
    let level = entry.level.as_deref().unwrap_or("INFO");
    let label = collection.label();
    push(out, format_args!("{} [{process}] [{level}/{label}] ", when.strftime(TIME_FORMAT)));
    out.push_str(&entry.message);
    for (name, value) in &entry.fields {
        push(out, format_args!(" {name}="));
        write_value(out, value);
    }
    if let Some(trace) = entry.exception.as_ref().and_then(|e| e.stack_trace.as_deref()) {
        out.push('\n');
        out.push_str(trace);
    }
    out.push('\n');
}

fn write_value(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Text(text) if is_bare(text) => out.push_str(text),
        Value::Text(text) => push(out, format_args!("{text:?}")),
        Value::Bool(truth) => push(out, format_args!("{truth}")),
        Value::Int(number) => push(out, format_args!("{number}")),
        Value::Float(number) => push(out, format_args!("{number}")),
        other => push(out, format_args!("{other:?}")),
    }
}

/// Whether the text needs no quotes to be told from what is around it.
fn is_bare(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"=\\".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use woodpile_record::Exception;

    fn line(collection: &Collection, entry: &Entry<'_>) -> String {
        let mut out = String::new();
        let time = EventTime::from_millis(1_323_209_393_000);
        write_line(&mut out, collection, entry, time, &TimeZone::UTC);
        out
    }

    fn entry(message: &str) -> Entry<'_> {
        Entry {
            message: message.into(),
            level: Some("DEBUG".into()),
            process: Some(7),
            ..Entry::default()
        }
    }

    #[test]
    fn the_line_is_the_one_that_heroku_log4mongo_prints() {
        let application = entry("This is an application log message");
        assert_eq!(
            line(&Collection::APPLICATION, &application),
            "2011.12:06 22:09:53 [7] [DEBUG/APPLICATION] This is an application log message\n"
        );
        let access = Entry { level: Some("INFO".into()), ..entry(r#"1.2.3.4 - - "GET /""#) };
        assert_eq!(
            line(&Collection::ACCESS, &access),
            "2011.12:06 22:09:53 [7] [INFO/ACCESS] 1.2.3.4 - - \"GET /\"\n"
        );
    }

    #[test]
    fn fields_and_causes_follow() {
        let mut failed = entry("failed");
        failed.fields.push(("user".into(), Value::Int(7)));
        failed.fields.push(("cart".into(), "two words".into()));
        failed.exception = Some(Exception {
            stack_trace: Some("disk\nCaused by: full".into()),
            ..Exception::default()
        });
        assert_eq!(
            line(&Collection::APPLICATION, &failed),
            "2011.12:06 22:09:53 [7] [DEBUG/APPLICATION] failed user=7 cart=\"two words\"\ndisk\nCaused by: full\n"
        );
    }
}

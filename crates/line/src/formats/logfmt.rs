//! `key=value` lines (<https://brandur.org/logfmt>), and who is known by their keys: Heroku's router and runtime
//! metrics, lograge.

use super::heroku;
use crate::fields::Field;
use crate::request::unescaped;
use crate::scalar::typed;
use crate::scan::Scan;
use crate::{Context, Format, Line, Names, named};
use std::borrow::Cow;
use woodpile_record::{Heroku, Value};

/// With fewer, a line is a text that happens to have an equals sign in it.
const FEWEST_PAIRS: usize = 2;

pub(crate) fn parse<'a>(line: &'a str, context: &Context<'_>) -> Option<Line<'a>> {
    let fields = pairs(line)?;
    let kind = Kind::of(&fields);
    let (fields, origin) = kind.take_origin(fields);
    let (mut entry, route) = named::read(fields, Names::default(), line, context);
    entry.level = entry.level.or(origin.level);
    if let Some(heroku) = origin.heroku {
        entry.heroku = Some(Box::new(heroku));
    }
    let format = if kind == Kind::Lograge { Format::Lograge } else { Format::Logfmt };
    let line = Line::new(format, entry);
    Some(Line { route: route.unwrap_or(Format::Logfmt.route()), ..line })
}

/// The line as pairs; a word without an equals sign is a key that is true. `None` if the line is a text.
fn pairs(line: &str) -> Option<Vec<Field<'_>>> {
    let mut scan = Scan::new(line.trim_end());
    let mut fields = Vec::with_capacity(16);
    let mut bare = 0;
    while !scan.is_empty() {
        scan.blanks();
        let key = scan.take_while(is_key_byte)?;
        if scan.eat("=").is_none() {
            bare += 1;
            fields.push((key.into(), Value::Bool(true)));
        } else {
            fields.push((key.into(), value(key, &mut scan)));
        }
        if !scan.is_empty() {
            scan.gap()?;
        }
        // A text of many words is given up early.
        if bare > fields.len() / 2 {
            return None;
        }
    }
    (fields.len() >= FEWEST_PAIRS + bare).then_some(fields)
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.-#@/".contains(&byte)
}

fn value<'a>(key: &str, scan: &mut Scan<'a>) -> Value<'a> {
    if scan.peek() == Some(b'"')
        && let Some(text) = scan.quoted()
    {
        return Value::Text(unescaped(text));
    }
    let text = scan.word().unwrap_or_default();
    if is_metric(key) { metric(text) } else { typed(text) }
}

/// l2met's measurements, as Heroku's runtime metrics: `sample#memory_total=21.00MB`.
fn is_metric(key: &str) -> bool {
    matches!(key.split_once('#'), Some(("sample" | "measure" | "count", _)))
}

/// The number; its unit stays in the line.
fn metric(text: &str) -> Value<'_> {
    let unit =
        text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-')).unwrap_or(text.len());
    let number = text.get(..unit).unwrap_or_default();
    match (number.parse::<i64>(), number.parse::<f64>()) {
        (Ok(whole), _) => Value::Int(whole),
        (_, Ok(number)) => Value::Float(number),
        _ => text.into(),
    }
}

/// Who wrote the line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Heroku's router.
    Router,
    /// Heroku's runtime metrics.
    Metrics,
    Lograge,
    Other,
}

/// What a line says beside what its keys mean everywhere.
#[derive(Default)]
struct Origin<'a> {
    level: Option<Cow<'a, str>>,
    heroku: Option<Heroku<'a>>,
}

impl Kind {
    fn of(fields: &[Field<'_>]) -> Self {
        let has = |name: &str| fields.iter().any(|(key, _)| key == name);
        if has("at") && has("method") && (has("dyno") || has("fwd")) {
            Self::Router
        } else if has("source") && fields.iter().any(|(key, _)| key.starts_with("sample#")) {
            Self::Metrics
        } else if has("controller") && has("action") && has("status") {
            Self::Lograge
        } else {
            Self::Other
        }
    }

    /// Takes what only this kind means by its keys.
    fn take_origin(self, mut fields: Vec<Field<'_>>) -> (Vec<Field<'_>>, Origin<'_>) {
        let origin = match self {
            Self::Router => {
                let level = take(&mut fields, "at").map(Cow::Borrowed);
                let dyno = take(&mut fields, "dyno");
                let code = take(&mut fields, "code");
                // An error has `dyno= connect= service=`.
                fields.retain(|(_, value)| *value != Value::from(""));
                Origin { level, heroku: Some(heroku::of_router(dyno, code)) }
            }
            Self::Metrics => {
                let process = take(&mut fields, "source").map(Cow::Borrowed);
                let heroku = Heroku { process, ..Heroku::default() };
                Origin { level: None, heroku: Some(heroku) }
            }
            Self::Lograge | Self::Other => Origin::default(),
        };
        (fields, origin)
    }
}

/// Takes a field's text, as the line has it.
fn take<'a>(fields: &mut Vec<Field<'a>>, name: &str) -> Option<&'a str> {
    let is_it =
        |(key, value): &Field<'a>| key == name && matches!(value, Value::Text(Cow::Borrowed(_)));
    let position = fields.iter().position(is_it)?;
    match fields.remove(position) {
        (_, Value::Text(Cow::Borrowed(text))) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_logfmt() {
        for line in [
            "",
            "saved user=7",
            "a=1",
            "x = 1 y = 2",
            "user=7 has logged in from somewhere",
            "a=b c",
        ] {
            assert!(pairs(line).is_none(), "{line}");
        }
        for line in ["a=1 b=2", "a=1 b=\"x y\" done", "level=info msg=\"a \\\"b\\\"\"", "a= b="] {
            assert!(pairs(line).is_some(), "{line}");
        }
    }
}

//! Fields, found by what they mean or by their path, and taken one by one.

use super::key::{Dialect, PREFERRED, Slot, meaning};
use crate::Names;
use crate::fields::Field;
use std::borrow::Cow;
use woodpile_record::{Value, name};

/// The most names of one meaning that are looked at in one line.
const MAX_CANDIDATES: usize = 4;

/// A record's fields, some of them taken.
pub(super) struct Named<'a> {
    fields: Vec<Option<Field<'a>>>,
    /// For each slot the fields with that meaning, the preferred name first.
    candidates: [Candidates; Slot::COUNT],
    pub(super) dialect: Dialect,
}

/// Positions of fields, each with the rank of its name.
#[derive(Clone, Copy, Default)]
struct Candidates {
    count: usize,
    found: [(u8, u32); MAX_CANDIDATES],
}

impl Candidates {
    fn add(&mut self, rank: u8, position: usize) {
        let Ok(position) = u32::try_from(position) else { return };
        if let Some(free) = self.found.get_mut(self.count) {
            *free = (rank, position);
            self.count += 1;
            self.found[..self.count].sort_unstable();
        }
    }

    fn positions(self) -> impl Iterator<Item = usize> {
        self.found.into_iter().take(self.count).filter_map(|(_, position)| position.try_into().ok())
    }
}

impl<'a> Named<'a> {
    pub(super) fn of(fields: Vec<Field<'a>>, asked: Names<'_>) -> Self {
        let dialect = dialect(&fields);
        let mut candidates = [Candidates::default(); Slot::COUNT];
        for (position, (key, _)) in fields.iter().enumerate() {
            let found = preferred(key, asked).or_else(|| meaning(key, dialect));
            if let Some((slot, rank)) = found {
                candidates[slot as usize].add(rank, position);
            }
        }
        Self { fields: fields.into_iter().map(Some).collect(), candidates, dialect }
    }

    /// How many fields there were.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// What nobody took.
    pub(super) fn rest(self) -> Vec<Field<'a>> {
        self.fields.into_iter().flatten().collect()
    }

    fn candidates(&self, slot: Slot) -> impl Iterator<Item = usize> + use<'a> {
        self.candidates[slot as usize].positions()
    }

    /// Whether a document may say where the record came from, or a field that only shippers write.
    pub(super) fn has_origin(&self) -> bool {
        let mut fields = self.fields.iter().flatten();
        fields.any(|(key, value)| {
            matches!(value, Value::Document(_))
                || matches!(&**key, "container_name" | "_SYSTEMD_UNIT")
        })
    }

    /// Whether any field has this meaning.
    pub(super) fn has(&self, slot: Slot) -> bool {
        self.candidates[slot as usize].count > 0
    }

    pub(super) fn value(&self, position: usize) -> Option<&Value<'a>> {
        self.fields.get(position)?.as_ref().map(|(_, value)| value)
    }

    pub(super) fn values(&self, slot: Slot) -> impl Iterator<Item = (usize, &Value<'a>)> {
        self.candidates(slot).filter_map(|position| Some((position, self.value(position)?)))
    }

    /// Takes a field out.
    pub(super) fn take(&mut self, position: usize) -> Option<Value<'a>> {
        self.fields.get_mut(position)?.take().map(|(_, value)| value)
    }

    /// Takes the first field of this meaning that `convert` understands.
    pub(super) fn convert<T>(
        &mut self,
        slot: Slot,
        convert: impl Fn(&Value<'a>) -> Option<T>,
    ) -> Option<T> {
        let (position, found) =
            self.values(slot).find_map(|(at, value)| Some((at, convert(value)?)))?;
        self.take(position);
        Some(found)
    }

    /// Takes the first text of this meaning.
    pub(super) fn text(&mut self, slot: Slot) -> Option<Cow<'a, str>> {
        let is_text = |&(_, value): &(usize, &Value<'a>)| matches!(value, Value::Text(_));
        let (position, _) = self.values(slot).find(is_text)?;
        match self.take(position) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The first text of this meaning, which stays.
    pub(super) fn peek_text(&self, slot: Slot) -> Option<Cow<'a, str>> {
        self.values(slot).find_map(|(_, value)| text_of(value))
    }

    /// Takes the first whole number of this meaning, also if it is written as text.
    pub(super) fn integer(&mut self, slot: Slot) -> Option<i64> {
        self.convert(slot, |value| match value {
            Value::Int(number) => Some(*number),
            Value::Text(text) => {
                text.parse().ok().filter(|number: &i64| number.to_string() == **text)
            }
            _ => None,
        })
    }

    /// The function, unless it is a request's method.
    pub(super) fn function(&mut self) -> Option<Cow<'a, str>> {
        let name = self.peek_text(Slot::Function)?;
        if is_http_method(&name) { None } else { self.text(Slot::Function) }
    }

    /// The tags, if all of them are texts.
    pub(super) fn tags(&mut self) -> Vec<Cow<'a, str>> {
        let tags = self.convert(Slot::Tags, |value| match value {
            Value::Text(tag) => Some(vec![tag.clone()]),
            Value::Array(tags) => tags.iter().map(text_of).collect(),
            _ => None,
        });
        tags.unwrap_or_default()
    }

    /// The names of the spans, from the outermost (`spans` of tracing's JSON), or of the one. Their fields stay.
    pub(super) fn spans(&mut self) -> Option<Cow<'a, str>> {
        if let Some(span) = self.text(Slot::Span) {
            return Some(span);
        }
        let name = |span: &Value<'a>| member(span, "name").and_then(text_of);
        let innermost = self.values(Slot::Span).next();
        let Some((_, Value::Array(spans))) = self.values(Slot::Spans).next() else {
            return innermost.and_then(|(_, span)| name(span));
        };
        let names = spans.iter().map(name).collect::<Option<Vec<_>>>()?.join(":");
        let repeated = innermost.filter(|(_, span)| spans.last() == Some(span)).map(|(at, _)| at);
        if let Some(repeated) = repeated {
            self.take(repeated);
        }
        Some(Cow::Owned(names))
    }

    /// What a record that was one of ours had under `extra`.
    pub(super) fn extra(&mut self) -> Vec<Field<'a>> {
        let Some((Value::Document(_), Some(position))) = self.find(name::EXTRA) else {
            return Vec::new();
        };
        match self.take(position) {
            Some(Value::Document(fields)) => fields,
            _ => Vec::new(),
        }
    }

    /// The value at a path such as `req.headers.host`, and where it is if it is a field of its own. A field that
    /// itself has the dots in its name comes first.
    pub(super) fn find(&self, path: &str) -> Option<(&Value<'a>, Option<usize>)> {
        let own =
            self.fields.iter().position(|field| matches!(field, Some((key, _)) if key == path));
        if let Some(position) = own {
            return Some((self.value(position)?, Some(position)));
        }
        let (first, inner) = path.split_once('.')?;
        let mut outer = self.fields.iter().flatten().filter(|(key, _)| key == first);
        outer.find_map(|(_, value)| Some((descend(value, inner)?, None)))
    }
}

fn descend<'v, 'a>(value: &'v Value<'a>, path: &str) -> Option<&'v Value<'a>> {
    if let Some(found) = member(value, path) {
        return Some(found);
    }
    let (first, inner) = path.split_once('.')?;
    descend(member(value, first)?, inner)
}

/// A document's field.
pub(super) fn member<'v, 'a>(value: &'v Value<'a>, name: &str) -> Option<&'v Value<'a>> {
    let Value::Document(fields) = value else { return None };
    fields.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// A whole number, also written as text.
pub(super) fn integer_of(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// A text.
pub(super) fn text_of<'a>(value: &Value<'a>) -> Option<Cow<'a, str>> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// The methods of HTTP (<https://httpwg.org/specs/rfc9110.html#methods>), and PATCH.
pub(super) fn is_http_method(word: &str) -> bool {
    const METHODS: [&str; 9] =
        ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"];
    METHODS.contains(&word)
}

/// What a field means by its name alone because the sender says so.
fn preferred(key: &str, asked: Names<'_>) -> Option<(Slot, u8)> {
    if asked.time == Some(key) {
        Some((Slot::Time, PREFERRED))
    } else if asked.message == Some(key) {
        Some((Slot::Message, PREFERRED))
    } else {
        None
    }
}

fn dialect(fields: &[Field<'_>]) -> Dialect {
    if matches!(fields.first(), Some((key, Value::Date(_))) if key == "t") {
        return Dialect::Mongod;
    }
    let mut numeric_level = false;
    for (key, value) in fields {
        match (&**key, value) {
            ("levelname" | "levelno" | "asctime" | "lineno" | "funcName", _) => {
                return Dialect::Python;
            }
            ("short_message", _) => return Dialect::Gelf,
            ("level_name", _) => return Dialect::Monolog,
            ("source_type" | "fly", _) => return Dialect::Vector,
            ("level", Value::Int(_)) => numeric_level = true,
            _ => {}
        }
    }
    if numeric_level { Dialect::Bunyan } else { Dialect::Other }
}

use crate::text::push;
use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Write};
use std::ops::Range;
use woodpile_record::{Entry, Exception, Value};

/// How many causes of one error are followed: a chain that bites its own tail must end.
const MAX_CAUSES: usize = 64;

/// The fields of one event or span, typed; texts lie one after another in one buffer, so that the
/// whole is filled, read and cleared without allocating again.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    text: String,
    own: Vec<(Cow<'static, str>, Captured)>,
    message: Option<Range<usize>>,
    trace_id: Option<Range<usize>>,
    span_id: Option<Range<usize>>,
    spans: Option<Range<usize>>,
    error: Option<CapturedError>,
}

/// A field's value; a text is a range of the buffer.
#[derive(Debug, Clone)]
enum Captured {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Range<usize>),
}

#[derive(Debug)]
struct CapturedError {
    kind: Option<Range<usize>>,
    message: Range<usize>,
    chain: Range<usize>,
}

impl Fields {
    /// Empties the fields, keeping the buffers unless they grew beyond `most` bytes.
    pub(crate) fn clear(&mut self, most: usize) {
        if self.text.capacity() > most {
            self.text = String::new();
        }
        self.text.clear();
        self.own.clear();
        self.message = None;
        self.trace_id = None;
        self.span_id = None;
        self.spans = None;
        self.error = None;
    }

    pub(crate) fn bool(&mut self, name: impl Into<Cow<'static, str>>, truth: bool) {
        self.set(name.into(), Captured::Bool(truth));
    }

    pub(crate) fn int(&mut self, name: impl Into<Cow<'static, str>>, number: i64) {
        self.set(name.into(), Captured::Int(number));
    }

    /// A whole number of any width: as text, digit by digit, where 64 bits do not hold it.
    pub(crate) fn wide<N>(&mut self, name: impl Into<Cow<'static, str>>, number: N)
    where
        N: TryInto<i64> + fmt::Display + Copy,
    {
        match number.try_into() {
            Ok(number) => self.int(name, number),
            Err(_) => self.display(name, format_args!("{number}")),
        }
    }

    pub(crate) fn float(&mut self, name: impl Into<Cow<'static, str>>, number: f64) {
        self.set(name.into(), Captured::Float(number));
    }

    pub(crate) fn str(&mut self, name: impl Into<Cow<'static, str>>, text: &str) {
        let range = self.append(|buffer| buffer.push_str(text));
        self.set_text(name.into(), range);
    }

    pub(crate) fn display(&mut self, name: impl Into<Cow<'static, str>>, text: fmt::Arguments<'_>) {
        let range = self.append(|buffer| push(buffer, text));
        self.set_text(name.into(), range);
    }

    /// The first error becomes the record's exception, a further one its field's text.
    pub(crate) fn error(&mut self, name: &'static str, error: &(dyn Error + 'static)) {
        if self.error.is_some() {
            let range = self.append(|buffer| write_chain(buffer, error));
            return self.set_text(Cow::Borrowed(name), range);
        }
        let message = self.append(|buffer| push(buffer, format_args!("{error}")));
        let chain = self.append(|buffer| write_chain(buffer, error));
        let kind = self.append(|buffer| write_kind(buffer, error));
        self.error =
            Some(CapturedError { message, chain, kind: (!kind.is_empty()).then_some(kind) });
    }

    /// Takes from a span around the event what the event, or a closer span, does not say itself.
    pub(crate) fn inherit(&mut self, span: &Fields) {
        for (name, value) in &span.own {
            if !self.own.iter().any(|(taken, _)| taken == name) {
                let value = self.copied(value, span);
                self.own.push((name.clone(), value));
            }
        }
        // A span's own `message` is a field like any other to the events within it.
        if self.trace_id.is_none() {
            self.trace_id = self.copied_range(span.trace_id.as_ref(), span);
        }
        if self.span_id.is_none() {
            self.span_id = self.copied_range(span.span_id.as_ref(), span);
        }
    }

    /// The names of the spans around the event, the outermost first.
    pub(crate) fn spans<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        let range = self.append(|buffer| {
            for (index, name) in names.enumerate() {
                if index > 0 {
                    buffer.push(':');
                }
                buffer.push_str(name);
            }
        });
        self.spans = (!range.is_empty()).then_some(range);
    }

    /// Hands everything to the entry.
    pub(crate) fn fill<'a>(&'a self, entry: &mut Entry<'a>) {
        entry.trace_id = self.trace_id.as_ref().map(|range| self.cow(range));
        entry.span_id = self.span_id.as_ref().map(|range| self.cow(range));
        entry.span = self.spans.as_ref().map(|range| self.cow(range));
        entry.exception = self.error.as_ref().map(|error| self.exception(error));
        entry.message = match (&self.message, &self.error) {
            (Some(message), _) => self.cow(message),
            (None, Some(error)) => self.cow(&error.message),
            (None, None) => Cow::Borrowed(""),
        };
        let own = self.own.iter().map(|(name, value)| (Cow::Borrowed(&**name), self.value(value)));
        entry.fields.extend(own);
    }

    /// The text of `name`, if that is a field with a text.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.own.iter().find_map(|(key, value)| match value {
            Captured::Text(range) if key == name => self.text.get(range.clone()),
            _ => None,
        })
    }

    /// The number of `name`, if that is a field with a whole number.
    pub(crate) fn int_of(&self, name: &str) -> Option<i64> {
        self.own.iter().find_map(|(key, value)| match value {
            Captured::Int(number) if key == name => Some(*number),
            _ => None,
        })
    }

    /// Removes the fields whose name begins so.
    pub(crate) fn remove_prefixed(&mut self, prefix: &str) {
        self.own.retain(|(name, _)| !name.starts_with(prefix));
    }

    fn append(&mut self, write: impl FnOnce(&mut String)) -> Range<usize> {
        let start = self.text.len();
        write(&mut self.text);
        start..self.text.len()
    }

    fn set_text(&mut self, name: Cow<'static, str>, text: Range<usize>) {
        match &*name {
            "message" => self.message = Some(text),
            "traceId" | "trace_id" => self.trace_id = Some(text),
            "spanId" | "span_id" => self.span_id = Some(text),
            _ => self.set(name, Captured::Text(text)),
        }
    }

    /// A span records a field again to change it: the last value counts.
    fn set(&mut self, name: Cow<'static, str>, value: Captured) {
        match self.own.iter_mut().find(|(taken, _)| *taken == name) {
            Some(field) => field.1 = value,
            None => self.own.push((name, value)),
        }
    }

    fn copied(&mut self, value: &Captured, from: &Fields) -> Captured {
        match value {
            Captured::Text(range) => Captured::Text(self.append(|buffer| {
                buffer.push_str(from.text.get(range.clone()).unwrap_or_default());
            })),
            other => other.clone(),
        }
    }

    fn copied_range(
        &mut self,
        range: Option<&Range<usize>>,
        from: &Fields,
    ) -> Option<Range<usize>> {
        let text = from.text.get(range?.clone())?;
        Some(self.append(|buffer| buffer.push_str(text)))
    }

    fn value(&self, value: &Captured) -> Value<'_> {
        match value {
            Captured::Bool(truth) => Value::Bool(*truth),
            Captured::Int(number) => Value::Int(*number),
            Captured::Float(number) => Value::Float(*number),
            Captured::Text(range) => Value::Text(self.cow(range)),
        }
    }

    fn cow(&self, range: &Range<usize>) -> Cow<'_, str> {
        Cow::Borrowed(self.text.get(range.clone()).unwrap_or_default())
    }

    fn exception(&self, error: &CapturedError) -> Exception<'_> {
        Exception {
            kind: error.kind.as_ref().map(|range| self.cow(range)),
            message: self.cow(&error.message),
            code: 0,
            stack_trace: Some(self.cow(&error.chain)),
        }
    }
}

/// What the error said, then what caused it, one a line.
fn write_chain(out: &mut String, error: &(dyn Error + 'static)) {
    push(out, format_args!("{error}"));
    let mut cause = error.source();
    for _ in 0..MAX_CAUSES {
        let Some(error) = cause else { break };
        push(out, format_args!("\nCaused by: {error}"));
        cause = error.source();
    }
}

/// The error's type, as near as it can be told: a trait object does not name its type, but a derived
/// `Debug` begins with the name of the struct or the variant.
fn write_kind(out: &mut String, error: &(dyn Error + 'static)) {
    if error.is::<std::io::Error>() {
        return out.push_str("std::io::Error");
    }
    // The writer stops the formatting after the first piece.
    let _ = write!(TypeName(out), "{error:?}");
}

/// Takes the first piece that is written, if it is a type's name: a derived `Debug` writes it whole.
struct TypeName<'o>(&'o mut String);

impl Write for TypeName<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let is_name = text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_name {
            self.0.push_str(text);
        }
        Err(fmt::Error)
    }
}

/// The exception that an error makes, for those who have the error itself.
#[cfg(feature = "tower")]
pub(crate) fn exception_of(error: &(dyn Error + 'static)) -> Exception<'static> {
    let (mut chain, mut kind) = (String::new(), String::new());
    write_chain(&mut chain, error);
    write_kind(&mut kind, error);
    Exception {
        kind: (!kind.is_empty()).then_some(Cow::Owned(kind)),
        message: Cow::Owned(error.to_string()),
        code: 0,
        stack_trace: Some(Cow::Owned(chain)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Outer(std::num::ParseIntError);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the cart is broken")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    fn outer() -> Outer {
        Outer("x".parse::<i32>().unwrap_err())
    }

    fn filled(fields: &Fields) -> Entry<'_> {
        let mut entry = Entry::default();
        fields.fill(&mut entry);
        entry
    }

    #[test]
    fn values_keep_their_types() {
        let mut fields = Fields::default();
        fields.wide("small", 7_u64);
        fields.wide("huge", u64::MAX);
        fields.float("half", 0.5);
        fields.bool("on", true);
        fields.str("name", "Ada");
        let expected: Vec<(Cow<'_, str>, Value<'_>)> = vec![
            ("small".into(), Value::Int(7)),
            ("huge".into(), "18446744073709551615".into()),
            ("half".into(), Value::Float(0.5)),
            ("on".into(), Value::Bool(true)),
            ("name".into(), "Ada".into()),
        ];
        assert_eq!(filled(&fields).fields, expected);
    }

    #[test]
    fn an_error_becomes_the_exception_with_its_causes() {
        let mut fields = Fields::default();
        fields.error("error", &outer());
        let entry = filled(&fields);
        let exception = entry.exception.unwrap();
        assert_eq!(exception.kind.as_deref(), Some("Outer"));
        assert_eq!(exception.message, "the cart is broken");
        assert_eq!(
            exception.stack_trace.as_deref(),
            Some("the cart is broken\nCaused by: invalid digit found in string")
        );
        assert_eq!(
            entry.message, "the cart is broken",
            "an error without a message is the message"
        );
    }

    #[test]
    fn a_second_error_stays_a_field() {
        let mut fields = Fields::default();
        fields.str("message", "both failed");
        fields.error("first", &std::io::Error::other("disk"));
        fields.error("second", &outer());
        let entry = filled(&fields);
        assert_eq!(entry.exception.unwrap().kind.as_deref(), Some("std::io::Error"));
        let second = "the cart is broken\nCaused by: invalid digit found in string";
        assert_eq!(entry.fields, [("second".into(), second.into())]);
        assert_eq!(entry.message, "both failed");
    }

    #[test]
    fn the_events_own_field_wins_over_the_spans_and_the_closer_span_over_the_farther() {
        let (mut event, mut near, mut far) =
            (Fields::default(), Fields::default(), Fields::default());
        event.int("user", 1);
        near.int("user", 2);
        near.str("cart", "near");
        far.str("cart", "far");
        far.str("traceId", "abc");
        event.inherit(&near);
        event.inherit(&far);
        let entry = filled(&event);
        assert_eq!(entry.fields, [("user".into(), Value::Int(1)), ("cart".into(), "near".into())]);
        assert_eq!(entry.trace_id.as_deref(), Some("abc"));
    }

    #[test]
    fn cleared_fields_carry_nothing_over() {
        let mut fields = Fields::default();
        fields.str("message", "first");
        fields.str("traceId", "abc");
        fields.error("error", &outer());
        fields.spans(["a", "b"].into_iter());
        assert_eq!(filled(&fields).span.as_deref(), Some("a:b"));
        fields.clear(usize::MAX);
        assert_eq!(filled(&fields), Entry::default());
    }
}

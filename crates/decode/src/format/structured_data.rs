//! Structured data (RFC 5424, 6.3): `[id name="value" …]…`.

use std::borrow::Cow;
use woodpile_line::typed;
use woodpile_record::Value;

/// Loggly's private enterprise number: an element of it is a token with tags.
pub(super) const LOGGLY: &str = "@41058";
/// The most elements and parameters that are kept of one message.
const MAX_PARAMETERS: usize = 256;

/// The elements, and what Loggly's says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct StructuredData<'a> {
    pub(crate) elements: Vec<Element<'a>>,
    /// Who may send; never stored.
    pub(crate) token: Option<&'a str>,
    pub(crate) tags: Vec<Cow<'a, str>>,
}

/// One element: its id with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Element<'a> {
    pub(crate) id: &'a str,
    pub(crate) parameters: Vec<Parameter<'a>>,
}

type Parameter<'a> = (&'a str, Cow<'a, str>);

impl<'a> StructuredData<'a> {
    /// Reads the elements at the front, and returns what follows. `None` if the text is no structured data.
    pub(crate) fn read(text: &'a str) -> Option<(Self, &'a str)> {
        let mut data = Self::default();
        let mut rest = text;
        let mut room = MAX_PARAMETERS;
        loop {
            let (element, after) = element(rest).filter(|(element, _)| element.is_data())?;
            rest = after;
            room = room.saturating_sub(element.parameters.len() + 1);
            data.take(element, room > 0);
            if !rest.starts_with('[') {
                return (rest.is_empty() || rest.starts_with(' ')).then_some((data, rest));
            }
        }
    }

    fn take(&mut self, element: Element<'a>, has_room: bool) {
        if let Some(token) = element.id.strip_suffix(LOGGLY) {
            self.token = Some(token);
            let tags = element.parameters.into_iter().filter(|(name, _)| *name == "tag");
            self.tags.extend(tags.map(|(_, tag)| tag));
        } else if has_room {
            self.elements.push(element);
        }
    }
}

impl<'a> Element<'a> {
    /// Whether it is more than a word in brackets, as texts begin with one.
    fn is_data(&self) -> bool {
        !self.parameters.is_empty() || self.id.contains('@')
    }

    /// The element as a record's field: a document named by the id, numbers as such.
    pub(crate) fn into_field(self) -> (Cow<'a, str>, Value<'a>) {
        let parameters = self.parameters.into_iter();
        let fields = parameters.map(|(name, value)| (name.into(), typed_value(value))).collect();
        (self.id.into(), Value::Document(fields))
    }
}

fn typed_value(value: Cow<'_, str>) -> Value<'_> {
    match value {
        Cow::Borrowed(text) => typed(text),
        Cow::Owned(_) => Value::Text(value),
    }
}

fn element(text: &str) -> Option<(Element<'_>, &str)> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find([' ', ']'])?;
    let (id, mut rest) = inner.split_at_checked(end)?;
    if !is_name(id) {
        return None;
    }
    let mut parameters = Vec::new();
    loop {
        if let Some(after) = rest.strip_prefix(']') {
            return Some((Element { id, parameters }, after));
        }
        let spaced = rest.strip_prefix(' ')?.trim_start_matches(' ');
        if let Some(after) = spaced.strip_prefix(']') {
            return Some((Element { id, parameters }, after));
        }
        let (parameter, after) = parameter(spaced)?;
        if parameters.len() < MAX_PARAMETERS {
            parameters.push(parameter);
        }
        rest = after;
    }
}

fn parameter(text: &str) -> Option<(Parameter<'_>, &str)> {
    let (name, quoted) = text.split_once("=\"")?;
    let end = closing_quote(quoted)?;
    let (value, rest) = quoted.split_at_checked(end)?;
    is_name(name).then_some(((name, unescaped(value)), rest.strip_prefix('"')?))
}

/// The quote that no backslash escapes.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

/// `\"`, `\\` and `\]` stand for what follows the backslash; any other backslash for itself.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escapes = character == '\\' && matches!(characters.peek(), Some('"' | '\\' | ']'));
        plain.push(if escapes { characters.next().unwrap_or(character) } else { character });
    }
    Cow::Owned(plain)
}

/// An id or a parameter's name.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"=]\"".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read_with_their_parameters() {
        let text = r#"[ex@32473 iut="3" eventSource="a \"b\" \\ \]" path="C:\x"][flag@1] text"#;
        let (data, rest) = StructuredData::read(text).unwrap();
        assert_eq!(rest, " text");
        let [first, flag] = &data.elements[..] else { panic!("{data:?}") };
        assert_eq!(first.id, "ex@32473");
        let expected = [("iut", "3"), ("eventSource", r#"a "b" \ ]"#), ("path", r"C:\x")];
        let found: Vec<_> =
            first.parameters.iter().map(|(name, value)| (*name, &**value)).collect();
        assert_eq!(found, expected);
        assert_eq!((flag.id, flag.parameters.len()), ("flag@1", 0));
    }

    #[test]
    fn logglys_element_is_a_token_with_tags() {
        let (data, rest) =
            StructuredData::read(r#"[abc-def@41058 tag="a" tag="b"][o ip="x"]"#).unwrap();
        assert_eq!((data.token, rest), (Some("abc-def"), ""));
        assert_eq!(data.tags, ["a", "b"]);
        assert_eq!(data.elements.len(), 1);
    }

    #[test]
    fn a_text_in_brackets_is_no_structured_data() {
        for text in
            ["[INFO] x", "[12] x]", "[a b] x", "[a b=\"c\" x", "[]", "[a=b] x", "[", "[a b=\"c\"]x"]
        {
            assert_eq!(StructuredData::read(text), None, "{text}");
        }
    }
}

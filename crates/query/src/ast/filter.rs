use super::{Field, Literal, Pattern, Regex, Value};
use std::ops::Bound;

/// Which records.
///
/// A tree that was made by [`Filter::and`], [`Filter::or`] and [`Filter::not`] is in normal form: no conjunction holds
/// another one or fewer than two parts, nothing is negated twice.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Filter {
    /// `*`: every record.
    #[default]
    All,
    /// Each of these; two or more.
    And(Vec<Filter>),
    /// At least one of these; two or more.
    Or(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// `timeout`, `"connection reset"`: some text of the record, at whatever depth, has this in it; a number's digits are
    /// a text, too. Names of fields, dates and ids are not looked at.
    Text(Text),
    /// `@web`: one of [`SOURCE_FIELDS`](crate::SOURCE_FIELDS) is this, or goes on after it with a dot (`web.1`).
    Source(Pattern),
    /// `collection:access-log`: the record is in a collection of this name.
    Collection(Pattern),
    /// `time:-1h`: the record's event time is within. The bounds are literals of [`Kind::Time`](super::Kind::Time);
    /// [`Range::times`] resolves them.
    Time(Range),
    /// `status:>=500`: the field passes the test. An array passes if one of its elements does. A record without the
    /// field passes no test.
    Field(Field, Test),
}

/// What is looked for within a text, in any case of its letters.
///
/// A *word character* is a letter or digit (Unicode's alphanumeric) or `_`. A text *starts at a word* where the
/// character before and its own first character are not both word characters; it *ends at a word* likewise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// `timeout`, `/cart`, `10.1.2`: these characters; they start at a word and end at a word, so `time` is not in
    /// `timeout`, but `10.1` is in `10.1.2`.
    Word(String),
    /// `"Error R"`: these characters, blanks and all; they start at a word, and the last word may go on, so this is in
    /// `Error R14`.
    Phrase(String),
    /// `time*`, `*out`, `GET?`: a word with wildcards, which stand for any characters but white space. It starts and ends
    /// at a word, but not on a side where it has a `*`.
    Pattern(Pattern),
    /// `*:/user \d+/`: the expression matches somewhere. Its letters are matched as they are, unless it says otherwise.
    Regex(Regex),
}

/// What is asked of a field's value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `field:*`: there is such a field, whatever its value; `null` is a value.
    Exists,
    /// `status:404`: the value is this one: a number by value, an address by value or by network, a level by severity, a
    /// time by its [`Period`](super::Period), a text as a whole and in any case of its letters. A text that reads as the
    /// number that is asked for passes, too, as does a number whose decimal text is the literal's.
    Is(Literal),
    /// `status:>=500`, `status:[500 TO 599]`: the value is between these. Only what can be compared to the bounds passes:
    /// numbers, and texts that read as numbers, to numbers; texts to texts, in any case of their letters.
    Range(Range),
    /// `path:/api/*`: the whole value, as text, is like this, in any case of its letters. Wildcards stand for any
    /// characters.
    Like(Pattern),
    /// `message:timeout`: the value, a text, has this in it. Only of fields that hold prose, see [`Field::is_prose`].
    Has(Text),
    /// `path:/^\/api/`: the expression matches somewhere in the value, as text.
    Regex(Regex),
}

/// What lies between two bounds, of which at least one is given; both are of one [`Kind`](super::Kind) and comparable.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    /// The lower bound.
    pub from: Bound<Literal>,
    /// The upper bound.
    pub to: Bound<Literal>,
}

impl Text {
    /// A word, with its wildcards if it has any.
    pub(crate) fn of(pattern: Pattern) -> Self {
        match pattern.as_exact() {
            Some(text) => Self::Word(text.to_owned()),
            None => Self::Pattern(pattern),
        }
    }
}

impl Filter {
    /// Each of these.
    pub fn and(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Vec::new();
        for part in parts {
            match part {
                Self::All => {}
                Self::And(parts) => all.extend(parts),
                part => all.push(part),
            }
        }
        single(all, Self::And).unwrap_or(Self::All)
    }

    /// At least one of these; of none, no record.
    pub fn or(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Vec::new();
        for part in parts {
            match part {
                Self::All => return Self::All,
                Self::Or(parts) => any.extend(parts),
                part => any.push(part),
            }
        }
        single(any, Self::Or).unwrap_or_else(|| Self::not(Self::All))
    }

    /// Whether a time in it is another one each time that it is asked, as in `time:-1h`.
    pub fn depends_on_now(&self) -> bool {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().any(Self::depends_on_now),
            Self::Not(part) => part.depends_on_now(),
            Self::Time(range) | Self::Field(_, Test::Range(range)) => range.depends_on_now(),
            Self::Field(_, Test::Is(literal)) => depends_on_now(literal),
            _ => false,
        }
    }

    /// Not this.
    #[expect(clippy::should_implement_trait, reason = "its siblings are no operators either")]
    pub fn not(part: Self) -> Self {
        match part {
            Self::Not(part) => *part,
            part => Self::Not(Box::new(part)),
        }
    }
}

impl Range {
    fn depends_on_now(&self) -> bool {
        [&self.from, &self.to].into_iter().any(|bound| match bound {
            Bound::Included(literal) | Bound::Excluded(literal) => depends_on_now(literal),
            Bound::Unbounded => false,
        })
    }
}

fn depends_on_now(literal: &Literal) -> bool {
    matches!(literal.value(), Value::Time(moment) if moment.depends_on_now())
}

fn single(mut parts: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Option<Filter> {
    if parts.len() > 1 { Some(many(parts)) } else { parts.pop() }
}

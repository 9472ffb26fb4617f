use crate::RuleError;
use std::fmt;
use woodpile_query::{Errors, Field, Filter, Regex, Test, Text, parse};
use woodpile_record::name;

/// What stands in the place of a secret.
pub const MASKED: &str = "[masked]";

/// Which secrets are not stored.
#[derive(Debug, Clone, PartialEq)]
pub enum Mask {
    /// The values of these fields.
    Fields(Vec<Field>),
    /// What this finds in any text; if it has groups, what these find.
    Pattern(Regex),
}

impl Mask {
    pub(crate) fn parse(text: &str) -> Result<Self, RuleError> {
        let text = text.trim();
        if text.starts_with('/') {
            return pattern(text).map(Self::Pattern);
        }
        let fields = text.split(',').map(|name| field(name.trim(), text));
        fields.collect::<Result<_, _>>().map(Self::Fields)
    }
}

fn wrong(text: &str, problem: impl Into<String>) -> RuleError {
    RuleError::Mask { text: text.to_owned(), problem: problem.into() }
}

/// An expression is read as queries have it, and so has the same limits.
fn pattern(text: &str) -> Result<Regex, RuleError> {
    match parse(&format!("*:{text}")) {
        Ok(query) => match query.filter {
            Filter::Text(Text::Regex(regex)) if query.pipes.is_empty() => Ok(regex),
            _ => Err(wrong(text, "it is not one regular expression between slashes")),
        },
        Err(errors) => Err(wrong(text, first(&errors))),
    }
}

fn field(name: &str, text: &str) -> Result<Field, RuleError> {
    if name.is_empty() {
        return Err(wrong(text, "a field has no name"));
    }
    let known = Field::new(name);
    if known.is_time() || known.is_level() {
        return Err(RuleError::Fixed(known.name));
    }
    match parse(&format!("{name}:*")) {
        Ok(query) => match query.filter {
            Filter::Field(field, Test::Exists) if query.pipes.is_empty() => masked(field),
            _ => Err(wrong(text, format!("{name} is no field"))),
        },
        Err(_) => Err(wrong(text, format!("{name} is no field"))),
    }
}

/// What every record has for the store to find it.
fn masked(field: Field) -> Result<Field, RuleError> {
    let is_fixed = |path: &str| matches!(path, name::ID | name::TIMESTAMP | name::LEVEL);
    if field.paths().any(is_fixed) {
        return Err(RuleError::Fixed(field.name));
    }
    Ok(field)
}

fn first(errors: &Errors) -> String {
    errors.iter().next().map_or_else(String::new, |error| error.kind.to_string())
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern(regex) => {
                let case = if regex.ignores_case() { "i" } else { "" };
                write!(f, "/{}/{case}", regex.pattern())
            }
            Self::Fields(fields) => {
                for (at, field) in fields.iter().enumerate() {
                    let separator = if at == 0 { "" } else { ", " };
                    let exists = Filter::Field(field.clone(), Test::Exists).to_string();
                    let name = exists.strip_suffix(":*").unwrap_or(&exists);
                    write!(f, "{separator}{name}")?;
                }
                Ok(())
            }
        }
    }
}

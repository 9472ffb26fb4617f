/// A text with wildcards.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern(Vec<Part>);

/// A part of a [`Pattern`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Part {
    /// These characters.
    Text(String),
    /// `*`: any characters, or none.
    Any,
    /// `?`: one character.
    One,
}

impl Pattern {
    /// The pattern of these parts: texts side by side become one, as do `*`s; empty texts go.
    pub fn new(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut merged: Vec<Part> = Vec::new();
        for part in parts {
            match (merged.last_mut(), part) {
                (_, Part::Text(text)) if text.is_empty() => {}
                (Some(Part::Any), Part::Any) => {}
                (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
                (_, part) => merged.push(part),
            }
        }
        Self(merged)
    }

    /// The pattern that only this text is like.
    pub fn exactly(text: impl Into<String>) -> Self {
        Self::new([Part::Text(text.into())])
    }

    /// Its parts, in their order.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The text, where there is no wildcard.
    pub fn as_exact(&self) -> Option<&str> {
        match &*self.0 {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// How many wildcards it has.
    pub fn wildcards(&self) -> usize {
        self.0.iter().filter(|part| !matches!(part, Part::Text(_))).count()
    }
}

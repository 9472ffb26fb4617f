use crate::BlockError;
use crate::block::bytes::Bytes;
use crate::block::read::Block;
use crate::template::{Part, Template};

/// What texts of a column have in common: how often each is there, [`Summary`](crate::Summary) or
/// [`Rows::tally`](super::Rows::tally) tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Its parts, from the first on.
    pub parts: Vec<PatternPart>,
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternPart {
    /// The same in all texts: bytes that need not be UTF-8.
    Literal(Vec<u8>),
    /// What the record's field at this path says.
    Field(String),
    /// Digits.
    Number,
    /// A word that changes, or a UUID.
    Word,
    /// A date or a time.
    Time,
    /// An IPv4 address.
    Address,
    /// Anything: the texts are like no others.
    Rest,
}

impl<B: Bytes> Block<B> {
    /// The patterns of a column's texts, at the places that [`Block::places`] names; `None` where they have none.
    ///
    /// # Errors
    /// Names the part that is damaged.
    pub fn patterns(&self, column: usize) -> Result<Option<Vec<Pattern>>, BlockError> {
        let Some(texts) = self.text_column(column)? else { return Ok(None) };
        let pattern = |template: &Template| Pattern {
            parts: template.0.iter().map(|part| self.pattern_part(part)).collect(),
        };
        Ok(Some(texts.templates.0.iter().map(pattern).collect()))
    }

    fn pattern_part(&self, part: &Part) -> PatternPart {
        match part {
            Part::Literal(text) => PatternPart::Literal(text.clone()),
            Part::Field(column) => PatternPart::Field(self.column_name(*column as usize)),
            Part::Digits => PatternPart::Number,
            Part::Word | Part::Uuid => PatternPart::Word,
            Part::Time(_) => PatternPart::Time,
            Part::Address => PatternPart::Address,
            Part::Rest => PatternPart::Rest,
        }
    }
}

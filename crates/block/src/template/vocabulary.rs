//! Which words the texts of a column have, without putting the texts together.

use super::column::Column;
use super::digits::{Decimal, decimal};
use super::learn::Learned;
use super::shape::Part;
use super::uuid;

/// The months as times are written, lest each time has to be looked at: everything else in one begins with a digit.
const MONTHS: &[u8] = b"jan feb mar apr may jun jul aug sep oct nov dec";

/// What stands in a text without anything between it that would end a word.
#[derive(Debug, Default)]
struct Run<'a> {
    pieces: Vec<Piece<'a>>,
}

#[derive(Debug, Clone, Copy)]
enum Piece<'a> {
    Literal(&'a [u8]),
    Field,
    Time,
    /// A slot: its place among the template's.
    Slot(usize),
}

impl Learned {
    /// The columns whose words texts of this one have, too.
    pub(crate) fn references(&self) -> Vec<u32> {
        let parts = self.templates.0.iter().flat_map(|template| &template.0);
        let mut columns: Vec<u32> = parts
            .filter_map(|part| match part {
                Part::Field(column) => Some(*column),
                _ => None,
            })
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Hands out pieces of texts, until `visit` says `false`: these have all words of the texts that do not begin with a
    /// digit, but for those of the columns that the texts refer to. Says whether all were handed out.
    pub(crate) fn vocabulary(&self, visit: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        self.templates.0.iter().zip(&self.slots.templates).all(|(template, columns)| {
            columns.first().is_some_and(|column| column.len() == 0)
                || runs(&template.0).iter().all(|run| run.visit(columns, visit).unwrap_or(false))
        })
    }
}

/// The runs of a template: cut wherever a byte is certain to end a word.
fn runs(parts: &[Part]) -> Vec<Run<'_>> {
    let mut runs = vec![Run::default()];
    let mut slot = 0;
    for part in parts {
        let piece = match part {
            Part::Literal(literal) => {
                for (place, piece) in literal.split(|byte| ends_word(*byte)).enumerate() {
                    if place > 0 {
                        runs.push(Run::default());
                    }
                    add(&mut runs, Piece::Literal(piece));
                }
                continue;
            }
            Part::Field(_) => Piece::Field,
            Part::Time(_) => Piece::Time,
            _ => Piece::Slot(slot),
        };
        slot += usize::from(part.is_slot());
        add(&mut runs, piece);
    }
    runs
}

fn add<'a>(runs: &mut [Run<'a>], piece: Piece<'a>) {
    let is_empty = matches!(piece, Piece::Literal([]));
    if let Some(run) = runs.last_mut().filter(|_| !is_empty) {
        run.pieces.push(piece);
    }
}

/// Whether no word goes on beyond this byte.
fn ends_word(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric() && byte != b'_'
}

impl Run<'_> {
    /// Hands out what may stand there; `None` where that cannot be said.
    fn visit(&self, columns: &[Column], visit: &mut dyn FnMut(&[u8]) -> bool) -> Option<bool> {
        match self.pieces.as_slice() {
            [] | [Piece::Field] => Some(true),
            [Piece::Literal(literal)] => Some(visit(literal)),
            [Piece::Time] => Some(visit(MONTHS)),
            [first, rest @ ..] => {
                let goes_on = rest.iter().all(|piece| piece.goes_on(columns));
                match first {
                    // What follows belongs to a word that begins with a digit.
                    Piece::Time if goes_on => Some(visit(MONTHS)),
                    first if goes_on && first.is_digits(columns) => Some(true),
                    _ => self.visit_each(columns, visit),
                }
            }
        }
    }

    /// Puts the run of each text together.
    fn visit_each(&self, columns: &[Column], visit: &mut dyn FnMut(&[u8]) -> bool) -> Option<bool> {
        let count = columns.first()?.len();
        let mut text = Vec::new();
        for at in 0..count {
            text.clear();
            for piece in &self.pieces {
                piece.write(columns, at, &mut text)?;
            }
            if !visit(&text) {
                return Some(false);
            }
        }
        Some(true)
    }
}

impl Piece<'_> {
    /// Whether it begins with a digit, and no word begins within it.
    fn is_digits(self, columns: &[Column]) -> bool {
        match self {
            Self::Literal(literal) => {
                literal.is_ascii() && literal.first().is_some_and(u8::is_ascii_digit)
            }
            Self::Slot(slot) => {
                matches!(columns.get(slot), Some(Column::Digits(_) | Column::Addresses(_)))
            }
            Self::Field | Self::Time => false,
        }
    }

    /// Whether no word begins within it, where one has begun before it.
    fn goes_on(self, columns: &[Column]) -> bool {
        match self {
            Self::Literal(literal) => literal.is_ascii(),
            Self::Slot(slot) => matches!(columns.get(slot), Some(Column::Digits(_))),
            Self::Field | Self::Time => false,
        }
    }

    /// Appends what stands there in a text.
    fn write(self, columns: &[Column], at: usize, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Literal(literal) => out.extend_from_slice(literal),
            Self::Slot(slot) => match columns.get(slot)? {
                // The digits have a 1 before them.
                Column::Digits(numbers) => out.extend_from_slice(
                    decimal(*numbers.get(at)?, &mut Decimal::default()).get(1..)?,
                ),
                Column::Words(words) => out.extend_from_slice(words.get(at)?),
                Column::Uuids(uuids) => uuid::write(*uuids.get(at)?, out),
                _ => return None,
            },
            Self::Field | Self::Time => return None,
        }
        Some(())
    }
}

use super::{Keep, Selection};
use crate::convert::{low_byte, low_two};
use std::ops::Range;

/// What each row of a group names: the combination of a unit. In as few bytes as the numbers need, as these are what a
/// search keeps of every group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(Width);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Width {
    /// All rows name combination 0.
    Zero(usize),
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

/// The rows whose combination is wanted; where few combinations are, these are compared, many rows at once.
fn kept<N: Copy + Eq + TryFrom<u32>>(names: &[N], keep: &Keep) -> Selection
where
    u32: From<N>,
{
    let few: Option<Vec<N>> =
        keep.few().map(|few| few.iter().filter_map(|name| N::try_from(*name).ok()).collect());
    let Some(few) = few else {
        return Selection::of_values(names, |_| true, |name| keep.has(u32::from(name)));
    };
    // Without a branch for each row, so that many are compared at once.
    let is_there = |stretch: &[N]| {
        let any = |wanted: &N| stretch.iter().fold(0, |any, name| any | u8::from(name == wanted));
        few.iter().any(|wanted| any(wanted) > 0)
    };
    Selection::of_values(names, is_there, |name| few.contains(&name))
}

impl Names {
    /// Of numbers below `distinct`.
    pub(super) fn new(names: Vec<u32>, distinct: u32) -> Self {
        Self(match distinct {
            0 | 1 => Width::Zero(names.len()),
            2..0x101 => Width::One(names.iter().map(|name| low_byte((*name).into())).collect()),
            0x101..0x1_0001 => Width::Two(names.iter().map(|name| low_two(*name)).collect()),
            _ => Width::Four(names),
        })
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        match &self.0 {
            Width::Zero(rows) => *rows,
            Width::One(names) => names.len(),
            Width::Two(names) => names.len(),
            Width::Four(names) => names.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What this row names.
    pub fn get(&self, row: usize) -> Option<u32> {
        match &self.0 {
            Width::Zero(rows) => (row < *rows).then_some(0),
            Width::One(names) => names.get(row).map(|name| u32::from(*name)),
            Width::Two(names) => names.get(row).map(|name| u32::from(*name)),
            Width::Four(names) => names.get(row).copied(),
        }
    }

    /// Hands out what each row names, from the first on.
    pub fn each(&self, mut visit: impl FnMut(usize, u32)) {
        match &self.0 {
            Width::Zero(rows) => (0..*rows).for_each(|row| visit(row, 0)),
            Width::One(names) => {
                names.iter().enumerate().for_each(|(row, name)| visit(row, u32::from(*name)));
            }
            Width::Two(names) => {
                names.iter().enumerate().for_each(|(row, name)| visit(row, u32::from(*name)));
            }
            Width::Four(names) => {
                names.iter().enumerate().for_each(|(row, name)| visit(row, *name));
            }
        }
    }

    /// Hands out what each row of a range names, as far as there are such rows.
    pub fn each_in(&self, rows: Range<usize>, mut visit: impl FnMut(u32)) {
        let rows = rows.start.min(self.len())..rows.end.min(self.len());
        match &self.0 {
            Width::Zero(_) => rows.for_each(|_| visit(0)),
            Width::One(names) => {
                names.get(rows).into_iter().flatten().for_each(|name| visit(u32::from(*name)));
            }
            Width::Two(names) => {
                names.get(rows).into_iter().flatten().for_each(|name| visit(u32::from(*name)));
            }
            Width::Four(names) => {
                names.get(rows).into_iter().flatten().for_each(|name| visit(*name));
            }
        }
    }

    /// The rows whose combination is wanted.
    pub(super) fn kept(&self, keep: &Keep) -> Selection {
        match &self.0 {
            Width::Zero(rows) if keep.has(0) => Selection::all(*rows),
            Width::Zero(rows) => Selection::none(*rows),
            Width::One(names) => kept(names, keep),
            Width::Two(names) => kept(names, keep),
            Width::Four(names) => kept(names, keep),
        }
    }

    /// The bytes of memory it takes.
    pub fn bytes(&self) -> usize {
        match &self.0 {
            Width::Zero(_) => 0,
            Width::One(names) => names.len(),
            Width::Two(names) => size_of_val(names.as_slice()),
            Width::Four(names) => size_of_val(names.as_slice()),
        }
    }

    /// As numbers of 32 bits.
    pub(super) fn wide(&self) -> Vec<u32> {
        let mut names = Vec::with_capacity(self.len());
        self.each(|_, name| names.push(name));
        names
    }
}

use super::bytes::Bytes;
use super::head::Owner;
use super::read::Block;
use std::collections::BTreeMap;

/// How much of a block something takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSize {
    /// What it is: the head, the units, a column.
    pub name: String,
    /// How many bytes, in all groups together.
    pub bytes: u64,
}

impl<B: Bytes> Block<B> {
    /// What takes how many bytes, the largest first: for those who want to know why a block is as large as it is.
    pub fn sizes(&self) -> Vec<PartSize> {
        let mut sizes: BTreeMap<String, u64> = BTreeMap::new();
        let sections = self.head.sections.iter().map(|section| &section.part);
        let begin = sections.clone().chain(&self.head.parts).map(|part| part.start).min();
        sizes.insert("the head".to_owned(), begin.unwrap_or(0));
        for part in sections {
            *sizes.entry("what helps to find".to_owned()).or_default() += part.length as u64;
        }
        for (number, part) in self.head.parts.iter().enumerate() {
            let name = match self.head.owner(number) {
                Owner::UnitChunk { unit, .. } => format!("unit {unit}"),
                Owner::ColumnChunk { column, .. } => format!("column {}", self.column_name(column)),
                Owner::Whole { .. } => "whole records".to_owned(),
                owner => self.part_name(owner),
            };
            *sizes.entry(name).or_default() += part.length as u64;
        }
        let mut sizes: Vec<PartSize> =
            sizes.into_iter().map(|(name, bytes)| PartSize { name, bytes }).collect();
        sizes.sort_by_key(|part| std::cmp::Reverse(part.bytes));
        sizes
    }
}

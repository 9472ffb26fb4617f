use super::value::{compare, push_key, weight};
use bson::RawBson;
use bson::raw::RawDocumentBuf;
use std::cmp::Ordering;
use std::collections::HashSet;
use woodpile_record::RawBsonRef;

/// Rows that are kept as they are.
#[derive(Debug, Clone)]
pub(super) struct Held {
    which: Which,
    rows: Vec<HeldRow>,
    /// The keys of rows, where each is wanted once.
    seen: HashSet<Box<[u8]>>,
    weight: usize,
}

/// Which rows are kept.
#[derive(Debug, Clone)]
pub(super) enum Which {
    /// The first so many.
    First(usize),
    /// The first of those that have the same values.
    Distinct,
    /// In the order of their values (greatest first where it says `true`), the first so many.
    Sorted(Vec<bool>, usize),
}

/// A row, and its values that it is chosen by.
#[derive(Debug, Clone)]
struct HeldRow {
    by: Vec<RawBson>,
    row: Row,
}

/// A row between two pipes.
#[derive(Debug, Clone)]
pub(super) enum Row {
    Record(FoundRecord),
    Values(Vec<RawBson>),
}

/// A record that a query's pipes let through.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundRecord {
    /// The collection that it is in.
    pub collection: Box<str>,
    /// The record.
    pub document: RawDocumentBuf,
}

/// What a row takes besides its values.
const ROW_BYTES: usize = 64;
/// So many more rows than are wanted are put in order together.
const SORT_AHEAD: usize = 4_096;

impl Held {
    pub(super) fn new(which: Which) -> Self {
        Self { which, rows: Vec::new(), seen: HashSet::new(), weight: 0 }
    }

    /// Whether no further row can be wanted.
    pub(super) fn is_full(&self) -> bool {
        matches!(self.which, Which::First(limit) if self.rows.len() >= limit)
    }

    /// Takes a row, if it is wanted, with the values that it is chosen by.
    pub(super) fn add(&mut self, by: &[RawBsonRef<'_>], row: impl FnOnce() -> Row) {
        if self.is_full() || !self.is_new(by) {
            return;
        }
        let by = if matches!(self.which, Which::First(_)) { &[] } else { by };
        let row = HeldRow { by: by.iter().map(|value| (*value).into()).collect(), row: row() };
        self.weight += row.weight();
        self.rows.push(row);
        if let Which::Sorted(_, limit) = self.which
            && self.rows.len() >= limit.saturating_mul(2).max(limit.saturating_add(SORT_AHEAD))
        {
            self.sort();
        }
    }

    fn is_new(&mut self, by: &[RawBsonRef<'_>]) -> bool {
        if !matches!(self.which, Which::Distinct) {
            return true;
        }
        let mut key = Vec::new();
        for value in by {
            push_key(&mut key, *value);
        }
        let length = key.len();
        let is_new = self.seen.insert(key.into());
        self.weight += if is_new { length } else { 0 };
        is_new
    }

    /// Puts the rows in order, and lets those go that are not wanted.
    fn sort(&mut self) {
        if let Which::Sorted(descending, limit) = &self.which {
            self.rows.sort_by(|a, b| compare_rows(&a.by, &b.by, descending));
            self.rows.truncate(*limit);
            self.weight = self.rows.iter().map(HeldRow::weight).sum();
        }
    }

    /// Takes all that a later one of the same kind took.
    pub(super) fn merge(&mut self, later: Self) {
        for HeldRow { by, row } in later.rows {
            let by: Vec<_> = by.iter().map(RawBson::as_raw_bson_ref).collect();
            self.add(&by, || row);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// About how much memory the rows take.
    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    pub(super) fn finish(mut self) -> Vec<Row> {
        self.sort();
        self.rows.into_iter().map(|held| held.row).collect()
    }
}

/// Rows that lack a value come last in either direction.
fn compare_rows(a: &[RawBson], b: &[RawBson], descending: &[bool]) -> Ordering {
    let pairs = a.iter().zip(b).zip(descending);
    let mut differences = pairs.map(|((a, b), descending)| {
        let difference = compare(a.as_raw_bson_ref(), b.as_raw_bson_ref());
        let lacks = *a == RawBson::Null || *b == RawBson::Null;
        if *descending && !lacks { difference.reverse() } else { difference }
    });
    differences.find(|difference| difference.is_ne()).unwrap_or(Ordering::Equal)
}

impl HeldRow {
    fn weight(&self) -> usize {
        let row = match &self.row {
            Row::Record(record) => record.document.as_bytes().len() + record.collection.len(),
            Row::Values(values) => values_weight(values),
        };
        ROW_BYTES + row + values_weight(&self.by)
    }
}

fn values_weight(values: &[RawBson]) -> usize {
    values.iter().map(|value| weight(value.as_raw_bson_ref())).sum()
}

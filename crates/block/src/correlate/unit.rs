use super::IdColumn;
use super::joint::{decides, join};
use super::mode::Mode;
use super::numbering::{Order, Renumbering};
use super::tuples::Tuples;
use super::{alone, follows, recent, repeats};
use crate::convert::{id as number, length};
use crate::entropy::{SequenceMeter, SequenceWriter, Sink};
use crate::varint;
use std::ops::Range;

/// Columns that are written together, on their way out.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) members: Vec<usize>,
    /// The combination of each row, in the order that the mode asks for.
    pub(super) rows: IdColumn,
    pub(super) tuples: Option<Tuples>,
    pub(super) mode: Mode,
    /// The old ids of each member, by their new ones.
    pub(super) orders: Vec<Vec<u32>>,
    order: Order,
}

impl Unit {
    /// Of the columns with these places.
    pub(super) fn new(members: Vec<usize>, columns: &[IdColumn]) -> Self {
        let of_members: Vec<&IdColumn> =
            members.iter().filter_map(|&member| columns.get(member)).collect();
        let combined = combine(&of_members);
        let numbering = Renumbering::new(Order::Frequency, &combined.ids, combined.distinct);
        let rows = IdColumn { ids: numbering.apply(&combined.ids), distinct: numbering.distinct() };
        let firsts = first_rows(&rows);
        let value = |column: &IdColumn, row: &u32| column.ids.get(*row as usize).copied();
        let values: Vec<Vec<u32>> = of_members
            .iter()
            .map(|column| firsts.iter().filter_map(|row| value(column, row)).collect())
            .collect();
        let mode = match rows.distinct {
            0 | 1 => Mode::Constant,
            _ => Mode::Alone { with_context: false },
        };
        let is_single = members.len() == 1;
        let mut unit =
            Self { members, rows, tuples: None, mode, orders: values, order: Order::Frequency };
        if !is_single {
            let distinct: Vec<u32> = of_members.iter().map(|column| column.distinct).collect();
            unit.make_table(&distinct);
        }
        unit
    }

    /// Makes a table of the combinations; until here the orders are those of whole combinations.
    fn make_table(&mut self, distinct: &[u32]) {
        let mut table = Vec::with_capacity(self.orders.len());
        for (values, &distinct) in self.orders.iter_mut().zip(distinct) {
            let first = Renumbering::new(Order::First, values, distinct);
            table.push(first.apply(values));
            *values = first.old;
        }
        self.tuples = Some(Tuples { columns: table });
    }

    /// Numbers the combinations in another order.
    pub(super) fn renumber(&mut self, order: Order) {
        if self.order == order {
            return;
        }
        self.order = order;
        let numbering = Renumbering::new(order, &self.rows.ids, self.rows.distinct);
        self.rows.ids = numbering.apply(&self.rows.ids);
        let Some(tuples) = &mut self.tuples else {
            for order in &mut self.orders {
                *order = numbering.pick(order);
            }
            return;
        };
        for (column, order) in tuples.columns.iter_mut().zip(&mut self.orders) {
            let values = numbering.pick(column);
            let first = Renumbering::new(Order::First, &values, number(order.len()));
            *column = first.apply(&values);
            *order = first.pick(order);
        }
    }

    /// The numbers that a reader keeps of the combinations.
    pub(super) fn cells(&self) -> usize {
        self.tuples.as_ref().map_or(0, |tuples| tuples.len() * tuples.columns.len())
    }

    /// The combinations of some rows.
    pub(super) fn part(&self, rows: &Range<usize>) -> &[u32] {
        self.rows.ids.get(rows.clone()).unwrap_or_default()
    }

    /// The combinations of each group as a chunk.
    pub(super) fn encode(&self, key: Option<&Unit>, groups: &[Range<usize>]) -> Vec<Vec<u8>> {
        let mut known = 0;
        let write = |group: &Range<usize>| {
            let part = self.part(group);
            let mut writer = SequenceWriter::default();
            match &self.mode {
                Mode::Constant => return Vec::new(),
                Mode::Recent => {
                    let before = known;
                    known = part.iter().max().map_or(known, |most| known.max(most + 1));
                    return recent::encode(part, before, self.rows.distinct);
                }
                mode => put(mode, part, key.map(|key| (key.part(group), key)), &mut writer),
            }
            writer.finish()
        };
        groups.iter().map(write).collect()
    }

    /// What all groups need: the members, how many combinations, the mode, the combinations.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        varint::write(length(self.members.len()), out);
        for &member in &self.members {
            varint::write(length(member), out);
        }
        varint::write(u64::from(self.rows.distinct), out);
        self.mode.write(out);
        if let Some(tuples) = &self.tuples {
            tuples.write(out);
        }
    }

    /// The shortest mode that needs no key; tells about what it costs, in bytes of the sample.
    pub(super) fn choose_root(&mut self, sampled: &[Range<usize>]) -> usize {
        if self.mode == Mode::Constant {
            return 0;
        }
        let plain = Mode::Alone { with_context: false };
        let with_context = Mode::Alone { with_context: true };
        let alone = self.size(&plain, None, sampled);
        let in_context = self.size(&with_context, None, sampled);
        let recent = self.recent_size(sampled);
        let (cost, mode) =
            if in_context < alone { (in_context, with_context) } else { (alone, plain) };
        self.mode = mode;
        if recent < cost {
            self.mode = Mode::Recent;
            self.renumber(Order::First);
        }
        cost.min(recent)
    }

    /// About how many bytes the sample takes in a mode.
    pub(super) fn size(&self, mode: &Mode, key: Option<&Unit>, sampled: &[Range<usize>]) -> usize {
        let size = |group: &Range<usize>| {
            let mut meter = SequenceMeter::default();
            put(mode, self.part(group), key.map(|key| (key.part(group), key)), &mut meter);
            meter.size()
        };
        sampled.iter().map(size).sum()
    }

    fn recent_size(&self, sampled: &[Range<usize>]) -> usize {
        let numbering = Renumbering::new(Order::First, &self.rows.ids, self.rows.distinct);
        // The first rows of combinations that are numbered as they first occur are in order.
        let firsts = numbering.pick(&first_rows(&self.rows));
        let size = |group: &Range<usize>| {
            let known = number(firsts.partition_point(|row| (*row as usize) < group.start));
            let mut meter = SequenceMeter::default();
            let part = numbering.apply(self.part(group));
            recent::put(&part, known, self.rows.distinct, &mut meter);
            meter.size()
        };
        sampled.iter().map(size).sum()
    }
}

/// Puts the combinations of rows, whose keys are those of a unit, in any mode but [`Mode::Recent`].
fn put(mode: &Mode, part: &[u32], key: Option<(&[u32], &Unit)>, sink: &mut impl Sink) {
    let (keys, distinct_keys) = key.map_or((&[][..], 0), |(keys, key)| (keys, key.rows.distinct));
    match mode {
        Mode::Constant | Mode::Recent => {}
        Mode::Alone { with_context } => alone::put(part, *with_context, sink),
        Mode::Repeats { .. } => repeats::put(part, keys, distinct_keys, sink),
        Mode::Follows { successors, .. } => {
            follows::put(part, keys, distinct_keys, successors, sink);
        }
    }
}

/// One id a combination.
fn combine(columns: &[&IdColumn]) -> IdColumn {
    let Some((first, rest)) = columns.split_first() else {
        return IdColumn { ids: Vec::new(), distinct: 0 };
    };
    let mut combined = (*first).clone();
    for column in rest {
        if decides(&combined, column).is_none() {
            combined = join(&combined, column);
        }
    }
    combined
}

/// The first row of each id.
fn first_rows(column: &IdColumn) -> Vec<u32> {
    let mut rows = vec![0; column.distinct as usize];
    for (row, &id) in column.ids.iter().enumerate().rev() {
        if let Some(slot) = rows.get_mut(id as usize) {
            *slot = number(row);
        }
    }
    rows
}

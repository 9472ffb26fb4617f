use super::follows::Successors;
use super::tuples::Tuples;
use super::{IdColumn, Renumbering, alone, cluster, follows, recent, repeats};
use crate::varint::{self, Cursor};
use std::collections::HashMap;
use std::ops::Range;

/// The most columns of one block.
const MAX_COLUMNS: usize = 10_000;
/// The most combinations of one unit.
const MAX_TUPLES: usize = 1 << 20;
/// So many groups of rows tell which mode is the shortest.
const SAMPLE_GROUPS: usize = 3;
/// Columns of more values than this are tried as members, and by themselves.
const MEMBER_DISTINCT: u32 = 4_096;
/// A key of fewer values says little.
const MIN_KEYS: u32 = 2;

/// How a unit is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// One value only: nothing is written.
    Constant,
    Alone {
        with_context: bool,
    },
    Recent,
    Repeats {
        key: usize,
    },
    Follows {
        key: usize,
    },
}

/// What [`encode`] made of the columns.
#[derive(Debug)]
pub(crate) struct Correlated {
    /// For each column the old id of each new one: its values have to be written in this order.
    pub(crate) orders: Vec<Vec<u32>>,
    /// What all groups need.
    pub(crate) shared: Vec<u8>,
    /// The chunks: `chunks[unit][group]`.
    pub(crate) chunks: Vec<Vec<Vec<u8>>>,
}

/// A unit on its way out.
struct Unit {
    members: Vec<usize>,
    /// Of each row, in the numbering that the mode asks for.
    ids: Vec<u32>,
    distinct: u32,
    tuples: Option<Tuples>,
    mode: Mode,
    successors: Option<Successors>,
    /// The old ids of the members.
    orders: Vec<Vec<u32>>,
}

/// Writes columns of equally many rows, in these groups of rows.
pub(crate) fn encode(columns: &[IdColumn], groups: &[Range<usize>]) -> Correlated {
    let narrow = plan(columns, groups, MEMBER_DISTINCT);
    let mut units = narrow;
    if columns.iter().any(|column| column.distinct > MEMBER_DISTINCT) {
        let wide = plan(columns, groups, u32::MAX);
        if size(&wide, groups) < size(&units, groups) {
            units = wide;
        }
    }
    let chunks = (0..units.len()).map(|unit| encode_unit(&units, unit, groups)).collect();
    let mut orders = vec![Vec::new(); columns.len()];
    for unit in &mut units {
        for (&member, order) in unit.members.iter().zip(&mut unit.orders) {
            if let Some(slot) = orders.get_mut(member) {
                *slot = std::mem::take(order);
            }
        }
    }
    Correlated { orders, shared: write_shared(&units), chunks }
}

fn size(units: &[Unit], groups: &[Range<usize>]) -> usize {
    let sampled = sample(groups);
    let chunks: usize = (0..units.len())
        .flat_map(|unit| encode_unit(units, unit, &sampled))
        .map(|chunk| chunk.len())
        .sum();
    write_shared(units).len() + chunks * groups.len() / sampled.len().max(1)
}

fn sample(groups: &[Range<usize>]) -> Vec<Range<usize>> {
    let step = groups.len().div_ceil(SAMPLE_GROUPS).max(1);
    groups.iter().skip(step / 2).step_by(step).cloned().collect()
}

/// Decides what goes together and how each unit is written.
fn plan(columns: &[IdColumn], groups: &[Range<usize>], max_distinct: u32) -> Vec<Unit> {
    let mut units: Vec<Unit> = cluster::clusters(columns, max_distinct)
        .into_iter()
        .map(|members| Unit::new(members, columns))
        .collect();
    let sampled = sample(groups);
    let mut costs: Vec<usize> = units.iter_mut().map(|unit| unit.choose_root(&sampled)).collect();
    choose_keys(&mut units, &mut costs, groups, &sampled);
    units
}

impl Unit {
    fn new(members: Vec<usize>, columns: &[IdColumn]) -> Self {
        let of_members: Vec<&IdColumn> =
            members.iter().filter_map(|&member| columns.get(member)).collect();
        let (combined, combinations) = combine(&of_members);
        let distinct = combinations.len() as u32;
        let numbering = Renumbering::by_frequency(&combined, distinct);
        let ids = numbering.apply(&combined);
        let mut orders = Vec::new();
        let mut table = Vec::new();
        for (at, column) in of_members.iter().enumerate() {
            let value = |old: &u32| {
                combinations.get(*old as usize).and_then(|tuple| tuple.get(at)).copied()
            };
            let values: Vec<u32> = numbering.old.iter().filter_map(value).collect();
            if of_members.len() == 1 {
                orders.push(values);
            } else {
                let first = Renumbering::by_first(&values, column.distinct);
                table.push(first.apply(&values));
                orders.push(first.old);
            }
        }
        let tuples = (of_members.len() > 1).then_some(Tuples { columns: table });
        let mode = if distinct <= 1 { Mode::Constant } else { Mode::Alone { with_context: false } };
        Self { members, ids, distinct, tuples, mode, successors: None, orders }
    }

    /// Renumbers the ids as they first occur.
    fn number_by_first(&mut self) {
        let numbering = Renumbering::by_first(&self.ids, self.distinct);
        self.ids = numbering.apply(&self.ids);
        match &mut self.tuples {
            Some(tuples) => {
                let reorder = |column: &Vec<u32>| {
                    numbering
                        .old
                        .iter()
                        .filter_map(|&old| column.get(old as usize).copied())
                        .collect()
                };
                tuples.columns = tuples.columns.iter().map(reorder).collect();
                self.number_members();
            }
            None => {
                for order in &mut self.orders {
                    *order = numbering
                        .old
                        .iter()
                        .filter_map(|&old| order.get(old as usize).copied())
                        .collect();
                }
            }
        }
    }

    /// Numbers the members' ids as they first occur in the table.
    fn number_members(&mut self) {
        let Some(tuples) = &mut self.tuples else { return };
        for (column, order) in tuples.columns.iter_mut().zip(&mut self.orders) {
            let first = Renumbering::by_first(column, order.len() as u32);
            *column = first.apply(column);
            *order = first.old.iter().filter_map(|&old| order.get(old as usize).copied()).collect();
        }
    }

    /// The shortest mode that needs no key; tells what it costs.
    fn choose_root(&mut self, sampled: &[Range<usize>]) -> usize {
        if self.mode == Mode::Constant {
            return 0;
        }
        let by_first = Renumbering::by_first(&self.ids, self.distinct).apply(&self.ids);
        let cost = |ids: &[u32], mode: Mode| -> usize {
            sampled.iter().map(|group| encode_root(ids, group, mode).len()).sum()
        };
        let (plain, contexts) =
            (Mode::Alone { with_context: false }, Mode::Alone { with_context: true });
        let (mut mode, mut best) = (plain, cost(&self.ids, plain));
        for (other, ids) in [(contexts, &self.ids), (Mode::Recent, &by_first)] {
            let size = cost(ids, other);
            if size < best {
                (mode, best) = (other, size);
            }
        }
        if mode == Mode::Recent {
            self.number_by_first();
        }
        self.mode = mode;
        best
    }
}

/// One number a combination, in the order of their first rows, and the combinations.
fn combine(columns: &[&IdColumn]) -> (Vec<u32>, Vec<Vec<u32>>) {
    let rows = columns.first().map_or(0, |column| column.ids.len());
    let mut numbers: HashMap<Vec<u32>, u32> = HashMap::new();
    let mut combinations = Vec::new();
    let mut ids = Vec::with_capacity(rows);
    let mut tuple = Vec::new();
    for row in 0..rows {
        tuple.clear();
        tuple.extend(columns.iter().filter_map(|column| column.ids.get(row)));
        let id = match numbers.get(&tuple) {
            Some(id) => *id,
            None => {
                let id = combinations.len() as u32;
                numbers.insert(tuple.clone(), id);
                combinations.push(tuple.clone());
                id
            }
        };
        ids.push(id);
    }
    (ids, combinations)
}

/// Gives units keys where that is shorter; a unit that is a key has none itself.
fn choose_keys(
    units: &mut [Unit],
    costs: &mut [usize],
    groups: &[Range<usize>],
    sampled: &[Range<usize>],
) {
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_by_key(|&unit| std::cmp::Reverse(costs.get(unit).copied()));
    let mut is_key = vec![false; units.len()];
    for &unit in &order {
        if is_key.get(unit) != Some(&false) {
            continue;
        }
        let keyed = (0..units.len())
            .filter(|&key| key != unit && may_be_key(units, key))
            .filter_map(|key| keyed_cost(units, unit, key, groups, sampled))
            .min_by_key(|found| found.cost);
        let Some(found) =
            keyed.filter(|found| costs.get(unit).is_some_and(|cost| found.cost < *cost))
        else {
            continue;
        };
        if let (Mode::Repeats { key } | Mode::Follows { key }, Some(own)) =
            (found.mode, units.get_mut(unit))
        {
            if own.mode == Mode::Recent {
                own.number_by_frequency();
            }
            own.mode = found.mode;
            own.successors = found.successors;
            if let Some(slot) = is_key.get_mut(key) {
                *slot = true;
            }
        }
    }
}

fn may_be_key(units: &[Unit], key: usize) -> bool {
    units.get(key).is_some_and(|unit| {
        unit.distinct >= MIN_KEYS && matches!(unit.mode, Mode::Alone { .. } | Mode::Recent)
    })
}

/// What a unit costs with a key, its successors included, in bytes of the sample.
struct Keyed {
    mode: Mode,
    successors: Option<Successors>,
    cost: usize,
}

fn keyed_cost(
    units: &[Unit],
    unit: usize,
    key: usize,
    groups: &[Range<usize>],
    sampled: &[Range<usize>],
) -> Option<Keyed> {
    let (own, keys) = (units.get(unit)?, units.get(key)?);
    if own.mode == Mode::Constant {
        return None;
    }
    let ids = Renumbering::by_frequency(&own.ids, own.distinct).apply(&own.ids);
    let part = |group: &Range<usize>| Some((ids.get(group.clone())?, keys.ids.get(group.clone())?));
    let repeats: usize = sampled
        .iter()
        .filter_map(part)
        .map(|(ids, of)| repeats::encode(ids, of, keys.distinct).len())
        .sum();
    let successors = Successors::learn(groups.iter().filter_map(part), own.distinct, keys.distinct);
    let shared = successors.write().len() * sampled.len() / groups.len().max(1);
    let follows: usize = sampled
        .iter()
        .filter_map(part)
        .map(|(ids, of)| follows::encode(ids, of, keys.distinct, &successors).len())
        .sum();
    Some(if repeats <= follows + shared {
        Keyed { mode: Mode::Repeats { key }, successors: None, cost: repeats }
    } else {
        Keyed { mode: Mode::Follows { key }, successors: Some(successors), cost: follows + shared }
    })
}

impl Unit {
    /// Renumbers the ids from the most frequent on.
    fn number_by_frequency(&mut self) {
        let numbering = Renumbering::by_frequency(&self.ids, self.distinct);
        self.ids = numbering.apply(&self.ids);
        match &mut self.tuples {
            Some(tuples) => {
                for column in &mut tuples.columns {
                    *column = numbering
                        .old
                        .iter()
                        .filter_map(|&old| column.get(old as usize).copied())
                        .collect();
                }
                self.number_members();
            }
            None => {
                for order in &mut self.orders {
                    *order = numbering
                        .old
                        .iter()
                        .filter_map(|&old| order.get(old as usize).copied())
                        .collect();
                }
            }
        }
    }
}

fn encode_root(ids: &[u32], group: &Range<usize>, mode: Mode) -> Vec<u8> {
    let part = ids.get(group.clone()).unwrap_or_default();
    match mode {
        Mode::Alone { with_context } => alone::encode(part, with_context),
        Mode::Recent => {
            let before = ids.get(..group.start).unwrap_or_default();
            recent::encode(part, before.iter().max().map_or(0, |most| most + 1))
        }
        Mode::Constant | Mode::Repeats { .. } | Mode::Follows { .. } => Vec::new(),
    }
}

fn encode_unit(units: &[Unit], unit: usize, groups: &[Range<usize>]) -> Vec<Vec<u8>> {
    let Some(own) = units.get(unit) else { return Vec::new() };
    let keys = |key: usize, group: &Range<usize>| {
        let key = units.get(key);
        let ids = key.and_then(|key| key.ids.get(group.clone())).unwrap_or_default();
        (ids, key.map_or(0, |key| key.distinct))
    };
    let part = |group: &Range<usize>| own.ids.get(group.clone()).unwrap_or_default();
    let write = |group: &Range<usize>| match (own.mode, &own.successors) {
        (Mode::Repeats { key }, _) => {
            let (keys, distinct) = keys(key, group);
            repeats::encode(part(group), keys, distinct)
        }
        (Mode::Follows { key }, Some(successors)) => {
            let (keys, distinct) = keys(key, group);
            follows::encode(part(group), keys, distinct, successors)
        }
        _ => encode_root(&own.ids, group, own.mode),
    };
    groups.iter().map(write).collect()
}

const CONSTANT: u8 = 0;
const ALONE: u8 = 1;
const ALONE_IN_CONTEXT: u8 = 2;
const RECENT: u8 = 3;
const REPEATS: u8 = 4;
const FOLLOWS: u8 = 5;

/// The units: their members, how many combinations, the mode, its key and successors, the combinations.
fn write_shared(units: &[Unit]) -> Vec<u8> {
    let mut out = Vec::new();
    varint::write(units.len() as u64, &mut out);
    for unit in units {
        varint::write(unit.members.len() as u64, &mut out);
        for &member in &unit.members {
            varint::write(member as u64, &mut out);
        }
        varint::write(u64::from(unit.distinct), &mut out);
        write_mode(unit, &mut out);
        if let Some(tuples) = &unit.tuples {
            tuples.write(&mut out);
        }
    }
    out
}

fn write_mode(unit: &Unit, out: &mut Vec<u8>) {
    match unit.mode {
        Mode::Constant => out.push(CONSTANT),
        Mode::Alone { with_context } => {
            out.push(if with_context { ALONE_IN_CONTEXT } else { ALONE })
        }
        Mode::Recent => out.push(RECENT),
        Mode::Repeats { key } => {
            out.push(REPEATS);
            varint::write(key as u64, out);
        }
        Mode::Follows { key } => {
            out.push(FOLLOWS);
            varint::write(key as u64, out);
            let successors = unit.successors.as_ref().map(Successors::write).unwrap_or_default();
            varint::write(successors.len() as u64, out);
            out.extend_from_slice(&successors);
        }
    }
}

/// How the columns of a block are written: what a reader needs before it can read chunks.
#[derive(Debug)]
pub(crate) struct Correlation {
    units: Vec<ReadUnit>,
    /// For each column its unit, and its place there.
    columns: Vec<(usize, usize)>,
}

#[derive(Debug)]
struct ReadUnit {
    distinct: u32,
    mode: Mode,
    successors: Option<Successors>,
    tuples: Option<Tuples>,
}

impl Correlation {
    /// Reads what `columns` columns share; `None` where the bytes are damaged.
    pub(crate) fn read(bytes: &[u8], columns: usize) -> Option<Self> {
        if columns > MAX_COLUMNS {
            return None;
        }
        let mut cursor = Cursor::new(bytes);
        let count = cursor.length().filter(|count| *count <= columns)?;
        let mut places = vec![None; columns];
        let mut units = Vec::with_capacity(count);
        for unit in 0..count {
            let members = cursor.length().filter(|members| (1..=columns).contains(members))?;
            for place in 0..members {
                let slot = places.get_mut(cursor.length()?).filter(|slot| slot.is_none())?;
                *slot = Some((unit, place));
            }
            units.push(ReadUnit::read(&mut cursor, members, count)?);
        }
        let columns = places.into_iter().collect::<Option<Vec<_>>>()?;
        let keys_are_roots = units
            .iter()
            .filter_map(ReadUnit::key)
            .all(|key| units.get(key).is_some_and(|unit| unit.key().is_none()));
        (keys_are_roots && cursor.rest().is_empty()).then_some(Self { units, columns })
    }

    /// The unit that a column belongs to.
    pub(crate) fn unit_of(&self, column: usize) -> Option<usize> {
        self.columns.get(column).map(|place| place.0)
    }

    /// The unit whose chunk is needed to read this one's.
    pub(crate) fn key_of(&self, unit: usize) -> Option<usize> {
        self.units.get(unit)?.key()
    }

    /// How many combinations a unit has.
    pub(crate) fn distinct(&self, unit: usize) -> u32 {
        self.units.get(unit).map_or(0, |unit| unit.distinct)
    }

    /// How many distinct ids a column has.
    pub(crate) fn column_distinct(&self, column: usize) -> Option<usize> {
        let &(unit, place) = self.columns.get(column)?;
        let unit = self.units.get(unit)?;
        Some(match &unit.tuples {
            Some(tuples) => {
                tuples.columns.get(place)?.iter().max().map_or(0, |most| *most as usize + 1)
            }
            None => unit.distinct as usize,
        })
    }

    /// The combinations of a group of `count` rows; `keys` are those of [`Correlation::key_of`].
    pub(crate) fn rows(
        &self,
        unit: usize,
        chunk: &[u8],
        count: usize,
        keys: &[u32],
    ) -> Option<Vec<u32>> {
        let own = self.units.get(unit)?;
        let distinct_keys = own.key().map_or(0, |key| self.distinct(key));
        let rows = match own.mode {
            Mode::Constant => vec![0; count],
            Mode::Alone { with_context } => alone::decode(chunk, count, with_context)?,
            Mode::Recent => recent::decode(chunk, count, own.distinct)?,
            Mode::Repeats { .. } => repeats::decode(chunk, keys, distinct_keys)?,
            Mode::Follows { .. } => {
                follows::decode(chunk, keys, distinct_keys, own.successors.as_ref()?)?
            }
        };
        (rows.len() == count && rows.iter().all(|row| *row < own.distinct)).then_some(rows)
    }

    /// A column's ids for rows that name the combinations of its unit.
    pub(crate) fn ids(&self, column: usize, rows: &[u32]) -> Option<Vec<u32>> {
        let &(unit, place) = self.columns.get(column)?;
        match &self.units.get(unit)?.tuples {
            Some(tuples) => tuples.member(place, rows),
            None => Some(rows.to_vec()),
        }
    }
}

impl ReadUnit {
    fn read(cursor: &mut Cursor<'_>, members: usize, units: usize) -> Option<Self> {
        let distinct =
            u32::try_from(cursor.varint()?).ok().filter(|n| *n as usize <= MAX_TUPLES)?;
        let [mode] = cursor.array()?;
        let mut key = || cursor.length().filter(|key| *key < units);
        let mode = match mode {
            CONSTANT => Mode::Constant,
            ALONE => Mode::Alone { with_context: false },
            ALONE_IN_CONTEXT => Mode::Alone { with_context: true },
            RECENT => Mode::Recent,
            REPEATS => Mode::Repeats { key: key()? },
            FOLLOWS => Mode::Follows { key: key()? },
            _ => return None,
        };
        let mut successors = None;
        if let Mode::Follows { .. } = mode {
            let length = cursor.length()?;
            successors = Some(Successors::read(cursor.take(length)?, distinct)?);
        }
        let mut tuples = None;
        if members > 1 {
            let read = Tuples::read(cursor, members, MAX_TUPLES)?;
            tuples = Some(read).filter(|tuples| tuples.len() == distinct as usize);
            tuples.as_ref()?;
        }
        Some(Self { distinct, mode, successors, tuples })
    }

    fn key(&self) -> Option<usize> {
        match self.mode {
            Mode::Repeats { key } | Mode::Follows { key } => Some(key),
            Mode::Constant | Mode::Alone { .. } | Mode::Recent => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn groups(rows: usize, size: usize) -> Vec<Range<usize>> {
        (0..rows).step_by(size).map(|start| start..rows.min(start + size)).collect()
    }

    /// Writes, reads, compares through the orders; tells the bytes.
    fn check(columns: &[IdColumn], group: usize) -> usize {
        let rows = columns.first().map_or(0, |column| column.ids.len());
        let groups = groups(rows, group);
        let written = encode(columns, &groups);
        let read =
            Correlation::read(&written.shared, columns.len()).expect("it reads what it wrote");
        for (index, column) in columns.iter().enumerate() {
            let unit = read.unit_of(index).unwrap();
            for (at, range) in groups.iter().enumerate() {
                let keys = read
                    .key_of(unit)
                    .map(|key| read.rows(key, &written.chunks[key][at], range.len(), &[]).unwrap());
                let rows = read.rows(
                    unit,
                    &written.chunks[unit][at],
                    range.len(),
                    &keys.unwrap_or_default(),
                );
                let ids = read.ids(index, &rows.unwrap()).unwrap();
                let old: Vec<u32> =
                    ids.iter().map(|&id| written.orders[index][id as usize]).collect();
                assert_eq!(old, column.ids[range.clone()], "column {index}, group {at}");
            }
        }
        written.shared.len() + written.chunks.iter().flatten().map(Vec::len).sum::<usize>()
    }

    fn column(ids: Vec<u32>) -> IdColumn {
        let distinct = ids.iter().max().map_or(0, |most| most + 1);
        IdColumn { ids, distinct }
    }

    fn noise(n: u32) -> u32 {
        let mixed = n.wrapping_mul(0x9E37_79B9);
        (mixed ^ (mixed >> 15)).wrapping_mul(0x85EB_CA6B) >> 8
    }

    #[test]
    fn a_column_that_another_decides_costs_its_table_only() {
        let path: Vec<u32> = (0..20_000).map(|row| noise(row) % 200).collect();
        let status: Vec<u32> = path.iter().map(|path| noise(path + 7) % 5).collect();
        let alone = check(&[column(path.clone())], 4_096);
        let both = check(&[column(path), column(status)], 4_096);
        assert!(both < alone + 600, "{both} and {alone}");
    }

    #[test]
    fn a_visitor_that_goes_from_page_to_page_is_followed() {
        let visitor: Vec<u32> = (0..20_000).map(|row| noise(row) % 50).collect();
        let mut page = [0_u32; 50];
        let pages: Vec<u32> = visitor
            .iter()
            .map(|&visitor| {
                let at = &mut page[visitor as usize];
                *at = (*at * 7 + 3) % 101;
                *at
            })
            .collect();
        let alone = check(&[column(visitor.clone())], 4_096);
        let both = check(&[column(visitor), column(pages)], 4_096);
        assert!(both < alone + 1_500, "{both} and {alone}");
    }

    fn columns() -> impl Strategy<Value = Vec<IdColumn>> {
        (0..400_usize, 1..6_usize).prop_flat_map(|(rows, count)| {
            let ids =
                (1..200_u32).prop_flat_map(move |most| proptest::collection::vec(0..most, rows));
            proptest::collection::vec(ids.prop_map(column), count)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn columns_come_back(columns in columns(), group in 1..200_usize) {
            check(&columns, group);
        }

        #[test]
        fn any_bytes_are_a_correlation_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(read) = Correlation::read(&bytes, 3) {
                for unit in 0..3 {
                    read.rows(unit, &bytes, 50, &[0; 50]);
                }
            }
        }
    }
}

use super::IdColumn;
use super::budget::Budget;
use super::cluster::clusters;
use super::keys::choose_keys;
use super::search::Search;
use super::unit::Unit;
use crate::convert::length;
use crate::varint;
use std::ops::Range;

/// Columns of more values than this are tried as members, and by themselves.
const MEMBER_DISTINCT: u32 = 4_096;

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

/// Writes columns of equally many rows, in these groups of rows, as thoroughly as zstd works at this level.
pub(crate) fn encode(columns: &[IdColumn], groups: &[Range<usize>], level: i32) -> Correlated {
    let search = Search::of(level);
    let mut plan = Plan::new(columns, groups, MEMBER_DISTINCT, search);
    if search.wide && columns.iter().any(|column| column.distinct > MEMBER_DISTINCT) {
        let wide = Plan::new(columns, groups, u32::MAX, search);
        if wide.size(groups, search) < plan.size(groups, search) {
            plan = wide;
        }
    }
    choose_keys(&mut plan.units, &mut plan.costs, groups, (search, &mut plan.budget));
    let units = plan.units;
    let key = |unit: &Unit| unit.mode.key().and_then(|key| units.get(key));
    let chunks = units.iter().map(|unit| unit.encode(key(unit), groups)).collect();
    let shared = write_shared(&units);
    let mut orders = vec![Vec::new(); columns.len()];
    for unit in units {
        for (&member, order) in unit.members.iter().zip(unit.orders) {
            if let Some(slot) = orders.get_mut(member) {
                *slot = order;
            }
        }
    }
    Correlated { orders, shared, chunks }
}

/// What goes together, before there are keys.
struct Plan {
    units: Vec<Unit>,
    /// The bytes that each unit takes in the sample.
    costs: Vec<usize>,
    budget: Budget,
}

impl Plan {
    fn new(
        columns: &[IdColumn],
        groups: &[Range<usize>],
        max_distinct: u32,
        search: Search,
    ) -> Self {
        let mut budget = Budget::default();
        let mut units = Vec::new();
        for members in clusters(columns, max_distinct, search) {
            let unit = Unit::new(members, columns);
            if budget.take(unit.cells()).is_some() {
                units.push(unit);
            } else {
                units.extend(unit.members.iter().map(|&member| Unit::new(vec![member], columns)));
            }
        }
        let sampled = search.sample(groups);
        let costs = units.iter_mut().map(|unit| unit.choose_root(&sampled)).collect();
        Self { units, costs, budget }
    }

    /// About how many bytes it takes.
    fn size(&self, groups: &[Range<usize>], search: Search) -> usize {
        let sampled = search.sample(groups).len().max(1);
        write_shared(&self.units).len() + self.costs.iter().sum::<usize>() * groups.len() / sampled
    }
}

fn write_shared(units: &[Unit]) -> Vec<u8> {
    let mut out = Vec::new();
    varint::write(length(units.len()), &mut out);
    for unit in units {
        unit.write(&mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::Correlation;
    use super::*;
    use proptest::prelude::*;

    const QUICK: i32 = 3;
    const THOROUGH: i32 = 19;

    fn groups(rows: usize, size: usize) -> Vec<Range<usize>> {
        (0..rows).step_by(size).map(|start| start..rows.min(start + size)).collect()
    }

    /// Writes, reads, compares through the orders; tells the bytes.
    fn check(columns: &[IdColumn], group: usize, level: i32) -> usize {
        let rows = columns.first().map_or(0, |column| column.ids.len());
        let groups = groups(rows, group);
        let written = encode(columns, &groups, level);
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
        let alone = check(&[column(path.clone())], 4_096, THOROUGH);
        let both = check(&[column(path), column(status)], 4_096, THOROUGH);
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
        let alone = check(&[column(visitor.clone())], 4_096, THOROUGH);
        let both = check(&[column(visitor), column(pages)], 4_096, THOROUGH);
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
            check(&columns, group, QUICK);
            check(&columns, group, THOROUGH);
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

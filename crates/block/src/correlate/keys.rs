//! Which units are written by what their keys had last.

use super::budget::Budget;
use super::mode::Mode;
use super::numbering::Order;
use super::search::Search;
use super::successors::Successors;
use super::unit::Unit;
use crate::entropy::SequenceMeter;
use std::cmp::Reverse;
use std::ops::Range;

/// A key of fewer values says little.
const MIN_KEYS: u32 = 2;
/// What costs less than this in the sample stays as it is.
const MIN_COST: usize = 64;
/// So many keys, the best of the sample, are looked at closely.
const CLOSELY: usize = 2;

/// Gives units keys where that is shorter; a unit that is a key has none itself. `costs` are those of the
/// sample, and follow.
pub(super) fn choose_keys(
    units: &mut [Unit],
    costs: &mut [usize],
    groups: &[Range<usize>],
    (search, budget): (Search, &mut Budget),
) {
    let sampled = search.sample(groups);
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_by_key(|&unit| Reverse(costs.get(unit).copied()));
    let mut is_key = vec![false; units.len()];
    for &unit in order.iter().take(search.keyed) {
        let Some(&cost) = costs.get(unit).filter(|cost| **cost >= MIN_COST) else { return };
        if is_key.get(unit) != Some(&false) {
            continue;
        }
        let candidates: Vec<usize> = order
            .iter()
            .copied()
            .filter(|&key| key != unit && may_be_key(units, key))
            .take(search.keys)
            .collect();
        let Some(own) = units.get_mut(unit) else { continue };
        let root = own.mode.clone();
        own.renumber(Order::Frequency);
        let found = best_key(units, unit, &candidates, groups, &sampled);
        let Some(own) = units.get_mut(unit) else { continue };
        let found = found.filter(|found| found.cost < cost);
        match found.filter(|found| budget.take(found.cells).is_some()) {
            Some(found) => {
                if let (Some(slot), Some(cost)) =
                    (found.mode.key().and_then(|key| is_key.get_mut(key)), costs.get_mut(unit))
                {
                    *slot = true;
                    *cost = found.cost;
                }
                own.mode = found.mode;
            }
            None if root == Mode::Recent => own.renumber(Order::First),
            None => {}
        }
    }
}

fn may_be_key(units: &[Unit], key: usize) -> bool {
    units.get(key).is_some_and(|unit| {
        unit.rows.distinct >= MIN_KEYS && matches!(unit.mode, Mode::Alone { .. } | Mode::Recent)
    })
}

/// What a unit costs with a key, its successors included, in bytes of the sample.
struct Keyed {
    mode: Mode,
    cost: usize,
    /// The numbers that a reader keeps for it.
    cells: usize,
}

/// The best key of all, as far as what follows in the sample tells, or the best of the best of them.
fn best_key(
    units: &[Unit],
    unit: usize,
    candidates: &[usize],
    groups: &[Range<usize>],
    sampled: &[Range<usize>],
) -> Option<Keyed> {
    let own = units.get(unit)?;
    let keyed = |&key: &usize, learned: &[Range<usize>]| {
        Some((key, keyed(own, key, units.get(key)?, learned, sampled)))
    };
    let mut found: Vec<(usize, Keyed)> =
        candidates.iter().filter_map(|key| keyed(key, sampled)).collect();
    found.sort_by_key(|(_, keyed)| keyed.cost);
    found.truncate(CLOSELY);
    let closely = found.iter().filter_map(|(key, _)| keyed(key, groups));
    closely.map(|(_, keyed)| keyed).min_by_key(|keyed| keyed.cost)
}

/// A unit with a key, by repetitions or by what follows what in the groups that it learns from.
fn keyed(
    own: &Unit,
    key: usize,
    keys: &Unit,
    learned: &[Range<usize>],
    sampled: &[Range<usize>],
) -> Keyed {
    let repeats = Mode::Repeats { key };
    let repeats_cost = own.size(&repeats, Some(keys), sampled);
    let parts = learned.iter().map(|group| (own.part(group), keys.part(group)));
    let successors = Successors::learn(parts, own.rows.distinct, keys.rows.distinct);
    let mut meter = SequenceMeter::default();
    successors.put(&mut meter);
    let shared = meter.size() * sampled.len() / learned.len().max(1);
    let cells = keys.rows.distinct as usize;
    let follows_cells = cells + successors.cells();
    let follows = Mode::Follows { key, successors };
    let follows_cost = own.size(&follows, Some(keys), sampled) + shared;
    if repeats_cost <= follows_cost {
        Keyed { mode: repeats, cost: repeats_cost, cells }
    } else {
        Keyed { mode: follows, cost: follows_cost, cells: follows_cells }
    }
}

//! Which columns go together.

use super::IdColumn;
use super::joint::{Entropy, Partition, decides, join};
use super::numbering::{Order, Renumbering};
use super::search::Search;
use crate::convert::{float, id as number};
use std::cmp::Reverse;
use std::ops::Range;

/// About what one member of one combination takes in the table.
const TABLE_BYTES: f64 = 1.2;
/// Columns with more distinct values than this part of the rows are nobody's member.
const MAX_DISTINCT_PART: usize = 4;
/// So many rows tell which columns go together.
const SAMPLE_ROWS: usize = 8_192;
/// The sample is taken from so many places. Combinations are counted as the sample has them: those that many rows
/// share are mostly there, and each of the others saves its row more than it takes.
const SAMPLE_SLICES: usize = 32;
/// What a unit of its own costs, however little it says: its place in the head, a chunk a group.
const UNIT_BYTES: f64 = 8.0;

/// Groups columns so that writing combinations is shorter than writing each column, as far as their
/// frequencies tell. `max_distinct` keeps columns of more values by themselves.
pub(super) fn clusters(columns: &[IdColumn], max_distinct: u32, search: Search) -> Vec<Vec<usize>> {
    let rows = columns.first().map_or(0, |column| column.ids.len());
    let sample = sample(rows);
    let limit = number((rows / MAX_DISTINCT_PART).max(1)).min(max_distinct);
    let mut entropy = Entropy::new(rows, sample.iter().map(ExactSizeIterator::len).sum());
    let (mut joinable, mut found) = (Vec::new(), Vec::new());
    for (index, column) in columns.iter().enumerate() {
        if (2..=limit).contains(&column.distinct) {
            joinable.push(Cluster::of(index, sampled(column, &sample), &entropy));
        } else {
            found.push(vec![index]);
        }
    }
    adopt(&mut joinable, &entropy);
    join_all(&mut joinable, search.pairs_of, &mut entropy);
    found.extend(joinable.into_iter().map(|cluster| cluster.members));
    for members in &mut found {
        members.sort_unstable();
    }
    found.sort_unstable();
    found
}

/// Rows from all over the block.
fn sample(rows: usize) -> Vec<Range<usize>> {
    if rows <= SAMPLE_ROWS {
        return std::iter::once(0..rows).collect();
    }
    let (step, length) = (rows / SAMPLE_SLICES, SAMPLE_ROWS / SAMPLE_SLICES);
    (0..SAMPLE_SLICES).map(|slice| slice * step..slice * step + length).collect()
}

fn sampled(column: &IdColumn, sample: &[Range<usize>]) -> IdColumn {
    let part = |range: &Range<usize>| column.ids.get(range.clone()).unwrap_or_default();
    let ids: Vec<u32> = sample.iter().flat_map(part).copied().collect();
    let dense = Renumbering::new(Order::First, &ids, column.distinct);
    IdColumn { ids: dense.apply(&ids), distinct: dense.distinct() }
}

/// Columns that are written together, and what that costs.
#[derive(Debug)]
struct Cluster {
    members: Vec<usize>,
    column: IdColumn,
    /// Bytes that name the combinations of the sample, and those of its table.
    cost: f64,
    /// Bytes of one combination in a table.
    width: f64,
}

impl Cluster {
    fn of(member: usize, column: IdColumn, entropy: &Entropy) -> Self {
        let cost = entropy.rows(&column) / 8.0 + UNIT_BYTES;
        Self { members: vec![member], column, cost, width: TABLE_BYTES }
    }

    /// Takes in a column that this one decides: only its table grows.
    fn adopt(&mut self, mut other: Self, table: f64) {
        self.members.append(&mut other.members);
        self.cost += table;
        self.width += table / f64::from(self.column.distinct.max(1));
    }

    fn join(&mut self, mut other: Self, cost: f64) {
        self.members.append(&mut other.members);
        self.column = join(&self.column, &other.column);
        self.width += other.width;
        self.cost = cost;
    }
}

/// Gives columns to those that decide them, of these to the one with the fewest values.
fn adopt(clusters: &mut Vec<Cluster>, entropy: &Entropy) {
    clusters.sort_by_key(|cluster| Reverse(cluster.column.distinct));
    let mut kept: Vec<Cluster> = Vec::new();
    while let Some(cluster) = clusters.pop() {
        // The last ones have the fewest values.
        let parent = clusters.iter_mut().rev().find_map(|parent| {
            let of_parents = decides(&parent.column, &cluster.column)?;
            let table = IdColumn { ids: of_parents, distinct: cluster.column.distinct };
            let table = entropy.single(&table) / 8.0;
            (table < cluster.cost).then_some((parent, table))
        });
        match parent {
            Some((parent, table)) => parent.adopt(cluster, table),
            None => kept.push(cluster),
        }
    }
    *clusters = kept;
}

/// Joins the two that gain most, until none gain.
fn join_all(clusters: &mut Vec<Cluster>, most: usize, entropy: &mut Entropy) {
    clusters.sort_by(|a, b| b.cost.total_cmp(&a.cost));
    let cheap = clusters.split_off(most.min(clusters.len()));
    let mut partitions: Vec<Partition> =
        clusters.iter().map(|cluster| Partition::of(&cluster.column)).collect();
    let mut joins: Vec<Join> = Vec::new();
    for first in 1..clusters.len() {
        joins.extend(
            (0..first).filter_map(|second| joined(clusters, &partitions, (first, second), entropy)),
        );
    }
    while let Some(best) = joins.iter().max_by(|a, b| a.gain.total_cmp(&b.gain)) {
        let Join { pair: (first, second), cost, .. } = *best;
        // The last takes the place of the one that goes: names of pairs have to follow.
        let last = clusters.len() - 1;
        let other = clusters.swap_remove(first);
        partitions.swap_remove(first);
        joins.retain(|join| !join.has(first) && !join.has(second));
        for join in &mut joins {
            join.rename(last, first);
        }
        let kept = if second == last { first } else { second };
        if let (Some(cluster), Some(partition)) = (clusters.get_mut(kept), partitions.get_mut(kept))
        {
            cluster.join(other, cost);
            *partition = Partition::of(&cluster.column);
        }
        joins.extend((0..clusters.len()).filter(|&with| with != kept).filter_map(|with| {
            joined(clusters, &partitions, (kept.max(with), kept.min(with)), entropy)
        }));
    }
    clusters.extend(cheap);
}

/// What joining two clusters would cost and gain.
#[derive(Debug, Clone, Copy)]
struct Join {
    pair: (usize, usize),
    cost: f64,
    gain: f64,
}

impl Join {
    fn has(&self, cluster: usize) -> bool {
        self.pair.0 == cluster || self.pair.1 == cluster
    }

    fn rename(&mut self, from: usize, to: usize) {
        let renamed = |at: usize| if at == from { to } else { at };
        self.pair = (renamed(self.pair.0), renamed(self.pair.1));
    }
}

/// `None` where nothing is gained.
fn joined(
    clusters: &[Cluster],
    partitions: &[Partition],
    pair: (usize, usize),
    entropy: &mut Entropy,
) -> Option<Join> {
    let (first, second) = (clusters.get(pair.0)?, clusters.get(pair.1)?);
    let (combinations, bits) = entropy.joint(partitions.get(pair.0)?, &second.column);
    let table = float(combinations) * (first.width + second.width);
    let cost = bits / 8.0 + table + UNIT_BYTES;
    let gain = first.cost + second.cost - cost;
    (gain > 0.0).then_some(Join { pair, cost, gain })
}

//! Which columns go together.

use super::IdColumn;
use std::collections::HashMap;

/// So many rows tell what goes together.
const SAMPLE_ROWS: usize = 65_536;
/// About what one member of one combination takes in the table.
const TABLE_BYTES: f64 = 1.2;
/// Columns with more distinct values than this part of the rows are nobody's member.
const MAX_DISTINCT_PART: usize = 4;

/// Groups columns so that writing combinations is shorter than writing each column, as far as their
/// frequencies tell. `max_distinct` keeps columns of more values by themselves.
pub(super) fn clusters(columns: &[IdColumn], max_distinct: u32) -> Vec<Vec<usize>> {
    let rows = columns.first().map_or(0, |column| column.ids.len());
    let start = rows.saturating_sub(SAMPLE_ROWS) / 2;
    let sample = start..rows.min(start + SAMPLE_ROWS);
    let limit = (rows / MAX_DISTINCT_PART).max(1) as u32;
    let (mut joinable, mut single) = (Vec::new(), Vec::new());
    for (index, column) in columns.iter().enumerate() {
        let ids = column.ids.get(sample.clone()).unwrap_or_default();
        if column.distinct > 1 && column.distinct <= limit.min(max_distinct) {
            joinable.push(Cluster::of(vec![index], ids.to_vec()));
        } else {
            single.push(vec![index]);
        }
    }
    join_all(&mut joinable);
    let mut found: Vec<Vec<usize>> = joinable.into_iter().map(|cluster| cluster.members).collect();
    found.append(&mut single);
    for members in &mut found {
        members.sort_unstable();
    }
    found.sort_unstable();
    found
}

/// Columns that are written together, and what that costs.
#[derive(Debug)]
struct Cluster {
    members: Vec<usize>,
    ids: Vec<u32>,
    /// Bytes of the sample.
    cost: f64,
}

impl Cluster {
    fn of(members: Vec<usize>, ids: Vec<u32>) -> Self {
        let mut counts: HashMap<u32, u32> = HashMap::new();
        for &id in &ids {
            *counts.entry(id).or_default() += 1;
        }
        let rows = ids.len() as f64;
        let bits: f64 =
            counts.values().map(|&count| f64::from(count) * (rows / f64::from(count)).log2()).sum();
        let table = if members.len() > 1 {
            counts.len() as f64 * members.len() as f64 * TABLE_BYTES
        } else {
            0.0
        };
        Self { members, ids, cost: bits / 8.0 + table }
    }

    fn joined(&self, other: &Self) -> Self {
        let mut numbers: HashMap<(u32, u32), u32> = HashMap::new();
        let pairs = self.ids.iter().copied().zip(other.ids.iter().copied());
        let ids = pairs
            .map(|pair| {
                let next = numbers.len() as u32;
                *numbers.entry(pair).or_insert(next)
            })
            .collect();
        Self::of([self.members.as_slice(), &other.members].concat(), ids)
    }
}

/// Joins the two that gain most, until none gain.
fn join_all(clusters: &mut Vec<Cluster>) {
    let mut gains: HashMap<(usize, usize), (f64, Cluster)> = HashMap::new();
    loop {
        for a in 0..clusters.len() {
            for b in 0..a {
                let (Some(first), Some(second)) = (clusters.get(a), clusters.get(b)) else {
                    continue;
                };
                let key = (
                    first.members.first().copied().unwrap_or(0),
                    second.members.first().copied().unwrap_or(0),
                );
                gains.entry(key).or_insert_with(|| {
                    let joined = first.joined(second);
                    (first.cost + second.cost - joined.cost, joined)
                });
            }
        }
        let best = gains
            .iter()
            .max_by(|a, b| a.1.0.total_cmp(&b.1.0))
            .map(|(key, (gain, _))| (*key, *gain));
        let Some((key, _)) = best.filter(|(_, gain)| *gain > 0.0) else { return };
        let Some((_, joined)) = gains.remove(&key) else { return };
        let is_part = |first: usize| first == key.0 || first == key.1;
        gains.retain(|pair, _| !is_part(pair.0) && !is_part(pair.1));
        clusters.retain(|cluster| !cluster.members.first().is_some_and(|first| is_part(*first)));
        clusters.push(joined);
    }
}

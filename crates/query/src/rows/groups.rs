use super::buckets::Buckets;
use super::state::{State, StateKind};
use super::template::template;
use super::value::{compare, date, key_values, push_key};
use crate::ast::{Aggregation, Function};
use bson::RawBson;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;
use woodpile_record::RawBsonRef;

/// Rows that are equal in their keys, and what was computed of them.
#[derive(Debug, Clone)]
pub(super) struct Groups {
    keys: Vec<KeyPart>,
    /// Whether rows without any of the keys are left out.
    skips_empty: bool,
    /// What is kept of each group, and of which of the values that come behind the keys.
    kept: Vec<(StateKind, Option<usize>)>,
    /// What is shown of each group: the function, and of which of what is kept.
    shown: Vec<(Function, usize)>,
    order: Order,
    numbers: HashMap<Box<[u8]>, usize>,
    states: Vec<Vec<State>>,
    /// The key of the row at hand.
    key: Vec<u8>,
    weight: usize,
}

/// What a group's key is made of.
#[derive(Debug, Clone)]
pub(super) enum KeyPart {
    /// The value itself.
    Value,
    /// The bucket that the time is in.
    Bucket(Buckets),
    /// What the text has in common with others.
    Template,
}

/// In which order groups come out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    /// Of their keys.
    ByKey,
    /// In which they were first seen.
    FirstSeen,
    /// The largest first, and at most so many.
    MostFrequent(u64),
}

/// What a group takes besides its key and states.
const GROUP_BYTES: usize = 96;

impl Groups {
    pub(super) fn new(keys: Vec<KeyPart>, order: Order) -> Self {
        Self {
            keys,
            skips_empty: false,
            kept: Vec::new(),
            shown: Vec::new(),
            order,
            numbers: HashMap::new(),
            states: Vec::new(),
            key: Vec::new(),
            weight: 0,
        }
    }

    /// Leaves out rows that have none of the keys.
    pub(super) fn skipping_empty(mut self) -> Self {
        self.skips_empty = true;
        self
    }

    /// Computes these of each group. `inputs` says which of the values behind the keys each is of.
    pub(super) fn computing(
        mut self,
        aggregations: &[Aggregation],
        inputs: &[Option<usize>],
    ) -> Self {
        for (aggregation, input) in aggregations.iter().zip(inputs) {
            let wanted = (StateKind::of(aggregation.function), *input);
            let found = self.kept.iter().position(|kept| *kept == wanted);
            let at = found.unwrap_or_else(|| {
                self.kept.push(wanted);
                self.kept.len() - 1
            });
            self.shown.push((aggregation.function, at));
        }
        self
    }

    /// Takes `times` rows that have these values: those of the keys, then the others.
    pub(super) fn add(&mut self, values: &[RawBsonRef<'_>], times: u64) {
        let Some((keys, inputs)) = values.split_at_checked(self.keys.len()) else { return };
        if self.skips_empty && keys.iter().all(|key| *key == RawBsonRef::Null) {
            return;
        }
        self.key.clear();
        for (part, value) in self.keys.iter_mut().zip(keys) {
            part.push(*value, &mut self.key);
        }
        let key = std::mem::take(&mut self.key);
        let number = self.number_of(&key);
        self.key = key;
        let Some(states) = self.states.get_mut(number) else { return };
        for (state, (_, input)) in states.iter_mut().zip(&self.kept) {
            let before = state.weight();
            // What is of no field counts rows.
            let value = input.map_or(Some(RawBsonRef::Boolean(true)), |at| inputs.get(at).copied());
            state.add(value.unwrap_or(RawBsonRef::Null), times, &mut self.key);
            self.weight = self.weight.saturating_add(state.weight()).saturating_sub(before);
        }
    }

    /// The bucket that a time is in, where it is one of the keys.
    pub(super) fn time_bucket(&mut self, millis: i64) -> Option<Range<i64>> {
        self.keys.iter_mut().find_map(|key| match key {
            KeyPart::Bucket(buckets) => Some(buckets.bucket_of(millis)),
            KeyPart::Value | KeyPart::Template => None,
        })
    }

    fn number_of(&mut self, key: &[u8]) -> usize {
        if let Some(number) = self.numbers.get(key) {
            return *number;
        }
        let number = self.states.len();
        self.states.push(self.kept.iter().map(|(kind, _)| kind.empty()).collect());
        self.numbers.insert(key.into(), number);
        self.weight += GROUP_BYTES + key.len() + self.kept.len() * size_of::<State>();
        number
    }

    /// Takes all that a later one of the same kind took.
    pub(super) fn merge(&mut self, later: Self) {
        for (key, states) in later.in_first_seen_order() {
            let number = self.number_of(&key);
            let Some(own) = self.states.get_mut(number) else { continue };
            for (own, other) in own.iter_mut().zip(&states) {
                let before = own.weight();
                own.merge(other);
                self.weight = self.weight.saturating_add(own.weight()).saturating_sub(before);
            }
        }
    }

    fn in_first_seen_order(self) -> Vec<(Box<[u8]>, Vec<State>)> {
        let mut keys: Vec<_> = self.numbers.into_iter().collect();
        keys.sort_unstable_by_key(|(_, number)| *number);
        keys.into_iter().map(|(key, _)| key).zip(self.states).collect()
    }

    /// How many of the values are keys.
    pub(super) fn keys(&self) -> usize {
        self.keys.len()
    }

    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    /// About how much memory the groups take.
    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    /// The rows: the keys, then what was computed.
    pub(super) fn finish(mut self) -> Vec<Vec<RawBson>> {
        if self.keys.is_empty() {
            // Of no rows, too, there is a count.
            self.number_of(&[]);
        }
        let (order, keys, shown) = (self.order, self.keys.len(), self.shown.clone());
        let mut rows: Vec<_> = self
            .in_first_seen_order()
            .into_iter()
            .map(|(key, states)| {
                let mut row = key_values(&key);
                row.extend(shown.iter().map(|(function, at)| {
                    states.get(*at).map_or(RawBson::Null, |state| state.result(*function))
                }));
                row
            })
            .collect();
        sort(&mut rows, order, keys);
        rows
    }
}

fn sort(rows: &mut Vec<Vec<RawBson>>, order: Order, keys: usize) {
    match order {
        Order::FirstSeen => {}
        Order::ByKey => rows.sort_by(|a, b| compare_keys(a, b, keys)),
        Order::MostFrequent(limit) => {
            rows.sort_by(|a, b| compare_at(b, a, keys).then_with(|| compare_keys(a, b, keys)));
            rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        }
    }
}

fn compare_keys(a: &[RawBson], b: &[RawBson], keys: usize) -> Ordering {
    let differences = (0..keys).map(|at| compare_at(a, b, at));
    differences.reduce(Ordering::then).unwrap_or(Ordering::Equal)
}

fn compare_at(a: &[RawBson], b: &[RawBson], at: usize) -> Ordering {
    match (a.get(at), b.get(at)) {
        (Some(a), Some(b)) => compare(a.as_raw_bson_ref(), b.as_raw_bson_ref()),
        _ => Ordering::Equal,
    }
}

impl KeyPart {
    fn push(&mut self, value: RawBsonRef<'_>, key: &mut Vec<u8>) {
        match (self, value) {
            (Self::Bucket(buckets), RawBsonRef::DateTime(time)) => {
                let start = buckets.start_of(time.timestamp_millis());
                push_key(key, date(start).as_raw_bson_ref());
            }
            (Self::Template, RawBsonRef::String(text)) => {
                push_key(key, RawBsonRef::String(&template(text)));
            }
            (_, value) => push_key(key, value),
        }
    }
}

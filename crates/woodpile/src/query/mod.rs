//! What a query and the flags beside it ask of a store.

mod errors;
mod times;

use crate::cli::{CollectionArgs, RangeArgs};
use crate::exit::usage;
use jiff::Zoned;
use std::ops::Bound;
use woodpile_query::{
    Field, Filter, Kind, Leaf, Literal, Matcher, Origin, Pipe, Query, Range, Test, parse,
};
use woodpile_record::{RawDocument, Severity, View, name};
use woodpile_search::Question;
use woodpile_store::{CollectionStats, Order, Prune, Store, StoreError};

/// The flags that say which records.
#[derive(Debug, Default)]
pub(crate) struct Flags<'a> {
    pub(crate) level: Option<&'a str>,
    pub(crate) collection: Option<&'a CollectionArgs>,
    pub(crate) range: Option<&'a RangeArgs>,
}

/// A query that was read, with its flags.
#[derive(Debug)]
pub(crate) struct Asked {
    query: Query,
    matcher: Matcher,
    /// What the flags say of times.
    prune: Prune,
    /// The collection that a flag names.
    collection: Option<String>,
}

impl Asked {
    /// Reads the words of a query, joined to one text. Times are meant at `now`, in its zone.
    ///
    /// # Errors
    /// Tells everything that is wrong with the query at once.
    pub(crate) fn read(words: &[String], flags: &Flags<'_>, now: &Zoned) -> anyhow::Result<Self> {
        let text = words.join(" ");
        let mut query = parse(&text).map_err(|errors| usage(errors::shown(&text, &errors)))?;
        if let Some(level) = flags.level {
            query.filter = Filter::and([query.filter, at_least(level)?]);
        }
        let matcher = Matcher::new(&query.filter, now).map_err(|error| usage(error.to_string()))?;
        let prune = flags.range.map(|range| times::range(range, now)).transpose()?;
        let collection = flags.collection.and_then(CollectionArgs::name).map(str::to_owned);
        Ok(Self { query, matcher, prune: prune.unwrap_or(Prune::NONE), collection })
    }

    /// The query with what flags say of levels.
    pub(crate) fn query(&self) -> &Query {
        &self.query
    }

    /// What becomes of the records.
    pub(crate) fn pipes(&self) -> &[Pipe] {
        &self.query.pipes
    }

    /// What a search is asked.
    pub(crate) fn question(&self, order: Order, limit: Option<usize>) -> Question {
        Question::new(self.matcher.clone(), self.prune, order).with_limit(limit)
    }

    /// The collection that a flag names.
    pub(crate) fn named_collection(&self) -> Option<&str> {
        self.collection.as_deref()
    }

    /// Whether the collection may hold what is wanted.
    pub(crate) fn takes_collection(&self, name: &str) -> bool {
        self.collection.as_ref().is_none_or(|wanted| wanted == name)
            && self.matcher.may_match_in(name)
    }

    /// Whether the filter asks for nothing but collections.
    pub(crate) fn asks_for_collections_alone(&self) -> bool {
        let is_collection = |leaf: &&Leaf| matches!(leaf, Leaf::Collection(_));
        self.prune == Prune::NONE && self.matcher.root().leaves().iter().all(is_collection)
    }

    /// Whether the record is wanted.
    pub(crate) fn matches(&self, collection: &str, document: &RawDocument) -> bool {
        self.prune.keeps(View::of(document).time())
            && self.matcher.matches(document, Origin { collection })
    }

    /// The collections that may hold something of what is wanted, by name.
    pub(crate) fn collections(&self, store: &dyn Store) -> Result<Vec<String>, StoreError> {
        let prune = self.question(Order::NewestFirst, None).prune;
        let overlaps = |stats: &CollectionStats| match (stats.first, stats.last) {
            (Some(first), Some(last)) => prune.overlaps(first, last),
            _ => true,
        };
        let all = store.collections()?.into_iter();
        Ok(all
            .filter(|stats| self.takes_collection(&stats.name) && overlaps(stats))
            .map(|stats| stats.name)
            .collect())
    }
}

/// `-l warn`, as a query says it.
fn at_least(level: &str) -> anyhow::Result<Filter> {
    if Severity::of(level).is_none() {
        return Err(usage(format!(
            "-l {level}: this is no level; expected trace, debug, info, notice, warn, error, critical, \
             alert or emergency (a word that begins with `-` goes after `--`)"
        )));
    }
    let from = Bound::Included(Literal::new(level, Kind::Level));
    Ok(Filter::Field(Field::new(name::LEVEL), Test::Range(Range { from, to: Bound::Unbounded })))
}

use crate::Rule;
use crate::rewrite::Masks;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use woodpile_keep::{Limit, Rules, Scope, Verdict};
use woodpile_query::{Filter, Leaf, Matcher, MatcherError, Origin};
use woodpile_record::{ObjectId, RawDocument};

/// Rules, compiled.
#[derive(Debug, Default)]
pub struct RuleSet {
    version: Option<ObjectId>,
    pub(crate) problems: Vec<String>,
    drops: Vec<Matcher>,
    masks: Masks,
    keeps: Vec<Matcher>,
    /// Of `keeps`.
    limits: Vec<Limit>,
}

impl RuleSet {
    pub(crate) fn of_version(version: ObjectId) -> Self {
        Self { version: Some(version), ..Self::default() }
    }

    /// Adds a rule behind those that are there.
    ///
    /// # Errors
    /// A query that takes too much once it is compiled.
    pub fn push(&mut self, rule: Rule) -> Result<(), MatcherError> {
        match rule {
            Rule::Drop(filter) => self.drops.push(compile(&filter)?),
            Rule::Mask(mask) => self.masks.add(mask),
            Rule::Keep(filter, limit) => {
                self.keeps.push(compile(&filter)?);
                self.limits.push(limit);
            }
        }
        Ok(())
    }
}

/// Times in rules mean the same wherever they are read: they are in UTC, and none depends on now.
pub(crate) fn compile(filter: &Filter) -> Result<Matcher, MatcherError> {
    let now: Zoned = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    Matcher::new(filter, &now)
}

/// Whether a rule names all, or none, of a collection's records.
fn names_all(matcher: &Matcher, collection: &str) -> Option<bool> {
    matcher.decide(&|leaf| match leaf {
        Leaf::Collection(leaf) => Some(leaf.matches(collection)),
        _ => None,
    })
}

impl Rules for RuleSet {
    fn version(&self) -> Option<ObjectId> {
        self.version
    }

    fn problems(&self) -> &[String] {
        &self.problems
    }

    fn judges(&self) -> bool {
        !self.drops.is_empty() || !self.masks.is_empty()
    }

    fn judge(&self, collection: &str, record: &RawDocument) -> Verdict {
        let origin = Origin { collection };
        if self.drops.iter().any(|matcher| matcher.matches(record, origin)) {
            return Verdict::Drop;
        }
        if self.masks.is_empty() {
            return Verdict::Keep;
        }
        self.masks.apply(record).map_or(Verdict::Keep, Verdict::Replace)
    }

    fn limits(&self) -> &[Limit] {
        &self.limits
    }

    fn limit_of(&self, collection: &str, record: &RawDocument) -> Option<usize> {
        let origin = Origin { collection };
        self.keeps.iter().position(|matcher| matcher.matches(record, origin))
    }

    fn limit_of_all(&self, collection: &str) -> Scope {
        for (limit, matcher) in self.keeps.iter().enumerate() {
            match names_all(matcher, collection) {
                Some(true) => return Scope::All(limit),
                Some(false) => {}
                None => return Scope::Some,
            }
        }
        Scope::Nothing
    }
}

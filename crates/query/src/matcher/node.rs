use super::{Leaf, Origin, Subject};
use crate::ast::Times;
use std::ops::Not as _;
use woodpile_record::{RawDocument, Severity};

/// A filter that was made ready once, to be asked of any number of records.
#[derive(Debug, Clone)]
pub struct Matcher {
    pub(super) root: Node,
}

/// A part of a [`Matcher`].
#[derive(Debug, Clone)]
pub enum Node {
    /// Every record.
    All,
    /// Each of these, the cheap ones first.
    And(Vec<Node>),
    /// At least one of these, the cheap ones first.
    Or(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// A question.
    Leaf(Leaf),
}

impl Matcher {
    /// Whether the record matches. This is what a query means; whoever searches in another way comes to the same.
    pub fn matches(&self, document: &RawDocument, origin: Origin<'_>) -> bool {
        self.matches_subject(&Subject::new(document, origin))
    }

    pub(crate) fn matches_subject(&self, subject: &Subject<'_>) -> bool {
        self.root.matches(subject)
    }

    /// The filter's questions and how they are joined.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// What the filter comes to where `answer` knows some answers for good, as for a whole block or collection:
    /// `Some(false)` means that no record there matches, `Some(true)` that every one does.
    pub fn decide(&self, answer: &impl Fn(&Leaf) -> Option<bool>) -> Option<bool> {
        self.root.decide(answer)
    }

    /// Whether records of this collection can match.
    pub fn may_match_in(&self, collection: &str) -> bool {
        let answer = |leaf: &Leaf| match leaf {
            Leaf::Collection(leaf) => Some(leaf.matches(collection)),
            _ => None,
        };
        self.decide(&answer) != Some(false)
    }

    /// Whether records of this severity can match (`None`: those whose level is none).
    pub fn may_match_at(&self, severity: Option<Severity>) -> bool {
        let answer = |leaf: &Leaf| match leaf {
            Leaf::Field(leaf) => leaf.matches_severity(severity),
            _ => None,
        };
        self.decide(&answer) != Some(false)
    }

    /// The times outside of which no record matches.
    pub fn times(&self) -> Times {
        self.root.times()
    }
}

impl Node {
    fn matches(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::All => true,
            Self::And(parts) => parts.iter().all(|part| part.matches(subject)),
            Self::Or(parts) => parts.iter().any(|part| part.matches(subject)),
            Self::Not(part) => !part.matches(subject),
            Self::Leaf(leaf) => leaf.matches(subject),
        }
    }

    /// What this part comes to: see [`Matcher::decide`].
    pub fn decide(&self, answer: &impl Fn(&Leaf) -> Option<bool>) -> Option<bool> {
        match self {
            Self::All => Some(true),
            Self::And(parts) => settle(parts, false, answer),
            Self::Or(parts) => settle(parts, true, answer),
            Self::Not(part) => part.decide(answer).map(bool::not),
            Self::Leaf(leaf) => answer(leaf),
        }
    }

    /// Every question in it.
    pub fn leaves(&self) -> Vec<&Leaf> {
        match self {
            Self::All => Vec::new(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::leaves).collect(),
            Self::Not(part) => part.leaves(),
            Self::Leaf(leaf) => vec![leaf],
        }
    }

    fn times(&self) -> Times {
        match self {
            Self::Leaf(Leaf::Time(times)) => *times,
            Self::And(parts) => parts.iter().map(Self::times).fold(Times::default(), both),
            Self::Or(parts) => parts.iter().map(Self::times).reduce(either).unwrap_or_default(),
            Self::All | Self::Not(_) | Self::Leaf(_) => Times::default(),
        }
    }

    /// About how much work it is to ask this of a record.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::All => 0,
            Self::And(parts) | Self::Or(parts) => parts.iter().map(Self::cost).sum(),
            Self::Not(part) => part.cost(),
            Self::Leaf(Leaf::Collection(_)) => 1,
            Self::Leaf(Leaf::Time(_) | Leaf::Source(_)) => 2,
            Self::Leaf(Leaf::Field(_)) => 3,
            Self::Leaf(Leaf::Text(_)) => 8,
        }
    }
}

/// One part that is `decisive` settles it, as do all of them together that are not.
fn settle(parts: &[Node], decisive: bool, answer: &impl Fn(&Leaf) -> Option<bool>) -> Option<bool> {
    let mut settled = Some(!decisive);
    for part in parts {
        match part.decide(answer) {
            Some(answer) if answer == decisive => return Some(decisive),
            Some(_) => {}
            None => settled = None,
        }
    }
    settled
}

fn both(a: Times, b: Times) -> Times {
    let until = a.until.into_iter().chain(b.until).min();
    Times { since: a.since.max(b.since), until }
}

fn either(a: Times, b: Times) -> Times {
    let since = a.since.zip(b.since).map(|(a, b)| a.min(b));
    Times { since, until: a.until.zip(b.until).map(|(a, b)| a.max(b)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(since: Option<i64>, until: Option<i64>) -> Node {
        Node::Leaf(Leaf::Time(Times { since, until }))
    }

    #[test]
    fn times_outside_of_which_nothing_matches() {
        let early = || times(Some(1), Some(5));
        let late = || times(Some(3), None);
        for (node, since, until) in [
            (Node::And(vec![early(), late()]), Some(3), Some(5)),
            (Node::Or(vec![early(), late()]), Some(1), None),
            (Node::Or(vec![early(), Node::All]), None, None),
            (Node::And(vec![early(), Node::Not(Box::new(late()))]), Some(1), Some(5)),
        ] {
            assert_eq!(node.times(), Times { since, until }, "{node:?}");
        }
    }

    #[test]
    fn a_filter_is_decided_by_what_is_known() {
        let known = || times(Some(1), None);
        let unknown = || times(None, None);
        let answer = |leaf: &Leaf| match leaf {
            Leaf::Time(Times { since: Some(_), .. }) => Some(false),
            _ => None,
        };
        for (node, expected) in [
            (Node::And(vec![unknown(), known()]), Some(false)),
            (Node::Or(vec![unknown(), known()]), None),
            (Node::Or(vec![known(), known()]), Some(false)),
            (Node::Not(Box::new(known())), Some(true)),
            (Node::And(vec![Node::All, Node::Not(Box::new(unknown()))]), None),
        ] {
            assert_eq!(node.decide(&answer), expected, "{node:?}");
        }
    }
}

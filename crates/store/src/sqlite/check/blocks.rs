use super::super::batch::Unread;
use super::super::block::{self, Head, Lent};
use super::super::body;
use super::{Inspection, stray};
use crate::order::{Key, compare};
use bson::raw::RawDocumentBuf;
use woodpile_block::{Block, BlockError};
use woodpile_record::{Batch, RawDocument};

/// What is wrong with a block, or one of its groups.
struct Fault {
    /// The group; `None` where it is all of the block.
    group: Option<usize>,
    problem: String,
    /// How many records it costs.
    records: u64,
}

impl Inspection<'_> {
    /// Each block's head; where `deep` says so, all its records, too.
    pub(super) fn check_blocks(&mut self, deep: bool) -> rusqlite::Result<()> {
        let mut heads = Vec::new();
        let damage = block::heads(self.connection, |head| heads.push(head))?;
        self.findings.extend(damage);
        for head in heads {
            for Fault { group, problem, records } in self.faults(&head, deep)? {
                let rest = match group {
                    Some(group) => format!("block {}, group {group}", head.id),
                    None => format!("block {}", head.id),
                };
                self.note(head.collection, &rest, problem, records);
            }
        }
        Ok(())
    }

    fn faults(&self, head: &Head, deep: bool) -> rusqlite::Result<Vec<Fault>> {
        let of_all =
            |problem: String| Ok(vec![Fault { group: None, problem, records: head.records }]);
        let block = match Block::open(Lent { connection: self.connection, id: head.id }) {
            Ok(block) => block,
            Err(error) => return self.told(head, &error)?.map_or(Ok(Vec::new()), of_all),
        };
        let found = block.records() as u64;
        if found != head.records {
            return of_all(format!("expected {} records, its head says {found}", head.records));
        }
        if deep { self.faults_of_groups(head, &block) } else { Ok(Vec::new()) }
    }

    fn faults_of_groups(
        &self,
        head: &Head,
        block: &Block<Lent<'_>>,
    ) -> rusqlite::Result<Vec<Fault>> {
        let mut faults = Vec::new();
        let mut last = None;
        for (index, group) in block.groups().enumerate() {
            let problem = match block.unpack(index) {
                Ok(batch) => problem_of(head, &batch, &mut last),
                Err(error) => self.told(head, &error)?,
            };
            let records = group.records as u64;
            faults.extend(problem.map(|problem| Fault { group: Some(index), problem, records }));
        }
        Ok(faults)
    }

    /// What an error says of a block; nothing where the block was merged or unpacked meanwhile.
    fn told(&self, head: &Head, error: &BlockError) -> rusqlite::Result<Option<String>> {
        match body::unread(self.connection, head.id, error) {
            Unread::Damaged(problem) => Ok(Some(problem)),
            Unread::Gone => Ok(None),
            Unread::Failed(error) => Err(error),
        }
    }
}

/// What is wrong with the records of a group; `last` is the last record before them.
fn problem_of(head: &Head, batch: &Batch, last: &mut Option<RawDocumentBuf>) -> Option<String> {
    let before = std::mem::replace(last, batch.iter().next_back().map(RawDocument::to_owned));
    let before = before.as_deref().into_iter();
    let keyed: Vec<(Key, &RawDocument)> =
        before.chain(batch.iter()).map(|record| (Key::of(record), record)).collect();
    let mut times = keyed.iter().map(|(key, _)| key.time());
    if let Some(out) = times.find(|time| !(head.first..=head.last).contains(time)) {
        return Some(stray(head.first, head.last, out));
    }
    let in_order = keyed.is_sorted_by(|a, b| compare((&a.0, a.1), (&b.0, b.1)).is_le());
    (!in_order).then(|| "its records are not in order".to_owned())
}

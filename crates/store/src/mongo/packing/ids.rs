use crate::order::id_of;
use bson::oid::ObjectId;
use bson::{Bson, Document, doc};
use woodpile_record::{Batch, RawBsonRef, RawDocument, event_time};

/// Which ids a block's records may have: most look-ups need no more than this of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct IdRange {
    /// The least and the greatest ObjectId.
    objects: Option<(ObjectId, ObjectId)>,
    /// Whether there are ids of other types.
    others: bool,
}

impl IdRange {
    /// Of some records.
    pub(super) fn of(batch: &Batch) -> Self {
        batch.iter().fold(Self::default(), Self::with)
    }

    fn with(mut self, record: &RawDocument) -> Self {
        if let Some(RawBsonRef::ObjectId(id)) = id_of(record) {
            self.union(Self { objects: Some((id, id)), others: false })
        } else {
            self.others = true;
            self
        }
    }

    /// Of the records of both.
    pub(super) fn union(self, other: Self) -> Self {
        let objects = match (self.objects, other.objects) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        Self { objects, others: self.others || other.others }
    }

    /// Whether a block with this range, and events from `first` to `last`, may have a record's `_id`. Ids that are
    /// no ObjectIds are looked for only where the record itself may be.
    pub(super) fn may_hold(&self, record: &RawDocument, first: i64, last: i64) -> bool {
        match id_of(record) {
            Some(RawBsonRef::ObjectId(id)) => {
                self.objects.is_some_and(|(least, greatest)| (least..=greatest).contains(&id))
            }
            _ => self.others && (first..=last).contains(&event_time(record)),
        }
    }

    pub(super) fn document(&self) -> Document {
        let mut document = doc! { "others": self.others };
        if let Some((least, greatest)) = self.objects {
            document.insert("first", least);
            document.insert("last", greatest);
        }
        document
    }

    pub(super) fn of_document(document: &Document) -> Option<Self> {
        let id = |key| document.get(key).and_then(Bson::as_object_id);
        Some(Self {
            objects: id("first").zip(id("last")),
            others: document.get_bool("others").ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bson::rawdoc;

    fn id(number: u8) -> ObjectId {
        ObjectId::from_bytes([number; 12])
    }

    #[test]
    fn what_was_put_in_may_be_held() {
        let batch = |ids: &[u8]| {
            let records = ids.iter().map(|number| rawdoc! { "_id": id(*number) });
            let mut batch = Batch::new();
            records.for_each(|record| batch.push(&record));
            batch
        };
        let range = IdRange::of(&batch(&[5, 3])).union(IdRange::of(&batch(&[8])));
        for (number, expected) in [(2, false), (3, true), (4, true), (8, true), (9, false)] {
            assert_eq!(range.may_hold(&rawdoc! { "_id": id(number) }, 0, 0), expected, "{number}");
        }
        assert_eq!(IdRange::of_document(&range.document()), Some(range));
        assert_eq!(IdRange::of_document(&IdRange::default().document()), Some(IdRange::default()));
    }

    #[test]
    fn ids_of_other_types_are_looked_for_where_the_record_may_be() {
        let record = rawdoc! { "_id": "text", "timestamp": bson::DateTime::from_millis(1_000_000) };
        let mut batch = Batch::new();
        batch.push(&record);
        let range = IdRange::of(&batch);
        assert!(range.may_hold(&record, 1_000_000, 2_000_000));
        assert!(!range.may_hold(&record, 0, 999_999));
        assert!(!range.may_hold(&rawdoc! { "_id": id(1) }, i64::MIN, i64::MAX));
        assert_eq!(IdRange::of_document(&range.document()), Some(range));
    }
}

//! Records by their `_id`: hot ones as the store finds them, packed ones where a block's ids say.

use crate::error::SearchError;
use crate::limits::WINDOW_TRIES;
use crate::search::Search;
use crate::stored::{Opened, StoredBlock};
use crate::watch::Watch;
use bson::raw::{RawBson, RawDocumentBuf, cstr};
use std::sync::Arc;
use woodpile_block::{BlockError, Rows, Selection, id_element};
use woodpile_query::FoundRecord;
use woodpile_record::{Batch, ObjectId};
use woodpile_store::{BlockEntry, Prune};

/// Most ids are made within this time of what their records tell of, in milliseconds: such are found without looking at
/// the ids of other blocks.
const USUAL_DELAY: i64 = 3_600_000;

impl Search {
    /// The records of these collections whose `_id` is written so: an ObjectId's hexadecimal digits, a text, or a number.
    /// One id may be several records': of several collections, or of writers that did not know of each other.
    ///
    /// # Errors
    /// The store fails, or the watch ends it.
    pub fn by_id(
        &self,
        collections: &[String],
        id: &str,
        watch: &Watch,
    ) -> Result<Vec<FoundRecord>, SearchError> {
        let ids = Ids::written(id);
        let mut all = Vec::new();
        for collection in collections {
            let found = self.by_id_in(collection, &ids, watch)?;
            all.extend(found.iter().map(|document| FoundRecord {
                collection: collection.as_str().into(),
                document: document.to_owned(),
            }));
        }
        Ok(all)
    }

    fn by_id_in(&self, collection: &str, ids: &Ids, watch: &Watch) -> Result<Batch, SearchError> {
        for _ in 0..WINDOW_TRIES {
            watch.check()?;
            let mut found = self.store().hot_with_ids(collection, &ids.values)?;
            let blocks = self.stored().list(collection, &Prune::NONE)?;
            let (near, far): (Vec<_>, Vec<_>) =
                blocks.iter().partition(|block| ids.usual.overlaps(block.first, block.last));
            let mut is_current = self.look(collection, &near, ids, (&mut found, watch))?;
            if is_current && found.is_empty() {
                is_current = self.look(collection, &far, ids, (&mut found, watch))?;
            }
            if is_current {
                return Ok(found);
            }
        }
        Err(SearchError::Restless { collection: collection.to_owned() })
    }

    /// Adds what these blocks have; `false` where one of them is gone.
    fn look(
        &self,
        collection: &str,
        blocks: &[&BlockEntry],
        ids: &Ids,
        (found, watch): (&mut Batch, &Watch),
    ) -> Result<bool, SearchError> {
        let elements: Vec<&[u8]> = ids.documents.iter().filter_map(|own| id_element(own)).collect();
        for entry in blocks {
            watch.check()?;
            let looked = match self.stored().open(collection, entry)? {
                Opened::Block(block) => unpack_ids(&block, &elements),
                Opened::Gone => return Ok(false),
                // That it is damaged is told elsewhere.
                Opened::Damaged(_) => continue,
            };
            match looked {
                Ok(batch) => add_new(found, &batch),
                Err(error) => {
                    if matches!(self.stored().explain(collection, entry.id, error)?, Opened::Gone) {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }
}

/// The records of a block that have these ids.
fn unpack_ids(block: &Arc<StoredBlock>, elements: &[&[u8]]) -> Result<Batch, BlockError> {
    let mut records = Batch::new();
    for (_, place) in block.find_ids(elements)? {
        let rows = Rows::new(Arc::clone(block), place.group)?;
        let mut selected = Selection::none(rows.len());
        selected.add(place.row);
        rows.unpack(&selected)?.iter().for_each(|record| records.push(record));
    }
    Ok(records)
}

/// Adds what is not there yet: what was packed meanwhile is in both.
fn add_new(found: &mut Batch, records: &Batch) {
    for record in records.iter() {
        if found.iter().all(|own| own != record) {
            found.push(record);
        }
    }
}

/// What an id as it is written may be.
struct Ids {
    values: Vec<RawBson>,
    /// Documents with nothing but each of them.
    documents: Vec<RawDocumentBuf>,
    /// When records happen that have such an id, mostly.
    usual: Prune,
}

impl Ids {
    fn written(id: &str) -> Self {
        let object = ObjectId::parse_str(id).ok();
        let number = id.parse::<i64>().ok();
        let mut values = vec![RawBson::String(id.to_owned())];
        values.extend(object.map(RawBson::ObjectId));
        values.extend(number.and_then(|number| i32::try_from(number).ok()).map(RawBson::Int32));
        values.extend(number.map(RawBson::Int64));
        let document = |value: &RawBson| {
            let mut document = RawDocumentBuf::new();
            document.append(cstr!("_id"), value.clone());
            document
        };
        let documents = values.iter().map(document).collect();
        let made = object.map(|id| id.timestamp().timestamp_millis());
        let usual = Prune {
            since: made.map(|made| made.saturating_sub(USUAL_DELAY)),
            until: made.map(|made| made.saturating_add(USUAL_DELAY)),
        };
        Self { values, documents, usual }
    }
}

use super::error::{DUPLICATE_KEY, by_code, store_error};
use super::keys::with_plain_keys;
use super::limits::{FRUITLESS_INSERTS, IDS_AT_ONCE};
use super::load::Load;
use super::session::Session;
use super::{index, twin};
use crate::order::{id_element, id_of};
use crate::{Appended, StoreError};
use bson::raw::{RawBson, RawDocumentBuf};
use bson::{Bson, doc};
use mongodb::Collection;
use mongodb::error::{Error, ErrorKind, IndexedWriteError, InsertManyError};
use std::collections::HashMap;
use woodpile_record::{RawDocument, name};

/// Inserts everything that the server takes; an error says what it did not.
pub(super) async fn append(session: &Session, loads: Vec<Load>) -> Result<Appended, StoreError> {
    let mut total = Appended::default();
    let mut refused = Vec::new();
    for load in loads.into_iter().filter(|load| !load.portions.is_empty()) {
        index::prepare(session, &load.collection).await?;
        let mut inserter = Inserter {
            session,
            collection: session.collection(&load.collection).await?,
            appended: Appended::default(),
            refused: Vec::new(),
        };
        for portion in load.portions {
            inserter.insert(portion).await?;
        }
        total.added += inserter.appended.added;
        total.duplicates += inserter.appended.duplicates;
        total.conflicts += inserter.appended.conflicts;
        refused.append(&mut inserter.refused);
    }
    refusal(refused).map_or(Ok(total), Err)
}

fn refusal(refused: Vec<(String, String)>) -> Option<StoreError> {
    let others = refused.len().saturating_sub(1);
    let (place, reason) = refused.into_iter().next()?;
    let place = if others == 0 { place } else { format!("{place} (and {others} more)") };
    Some(StoreError::Rejected { place, reason })
}

struct Inserter<'s> {
    session: &'s Session,
    collection: Collection<RawDocumentBuf>,
    appended: Appended,
    /// Where and why, for each record that the server does not take in any form.
    refused: Vec<(String, String)>,
}

impl Inserter<'_> {
    /// Inserts a portion. Where the server refuses all of it for the sake of one record, it is halved
    /// until that record is alone, and none of its neighbours is lost.
    async fn insert(&mut self, portion: Vec<RawDocumentBuf>) -> Result<(), StoreError> {
        let (mut waiting, mut fruitless) = (vec![portion], 0);
        while let Some(mut documents) = waiting.pop() {
            let before = self.appended;
            let Some(reason) = self.insert_once(&documents).await? else {
                fruitless = 0;
                continue;
            };
            if fruitless > FRUITLESS_INSERTS {
                return Err(self.refused_altogether(reason));
            }
            if documents.len() > 1 {
                waiting.push(documents.split_off(documents.len() / 2));
                waiting.push(documents);
            } else if let Some(document) = documents.pop() {
                self.change_and_insert(&document, reason).await?;
            }
            fruitless = if self.appended == before { fruitless + 1 } else { 0 };
        }
        Ok(())
    }

    fn refused_altogether(&self, reason: String) -> StoreError {
        StoreError::Rejected { place: format!("all for {}", self.collection.name()), reason }
    }

    /// Inserts what the server takes; the answer is why it took none of it.
    async fn insert_once(
        &mut self,
        documents: &[RawDocumentBuf],
    ) -> Result<Option<String>, StoreError> {
        match self.try_insert(documents).await? {
            Ok(()) => {
                self.appended.added += count(documents.len());
                Ok(None)
            }
            Err(error) => match error.kind.as_ref() {
                ErrorKind::InsertMany(partly) => {
                    self.sort_out(documents, partly).await.map(|()| None)
                }
                _ => self.reason(&error).map(Some),
            },
        }
    }

    async fn try_insert(
        &self,
        documents: &[RawDocumentBuf],
    ) -> Result<Result<(), Error>, StoreError> {
        let insert = self.collection.insert_many(documents).ordered(false);
        Ok(self.session.try_write(insert).await?.map(drop))
    }

    /// Why the server refused the content; other errors end the append.
    fn reason(&self, error: &Error) -> Result<String, StoreError> {
        let ErrorKind::InsertMany(partly) = error.kind.as_ref() else {
            return content_only(store_error(&self.session.target, error));
        };
        match partly.write_errors.as_deref().and_then(<[_]>::first) {
            Some(error) => content_only(by_code(&self.session.target, error.code, &error.message)),
            None => Err(self.not_durable(partly)),
        }
    }

    /// The records are there, but may not last: to try again is harmless.
    fn not_durable(&self, partly: &InsertManyError) -> StoreError {
        let concern = partly.write_concern_error.as_ref();
        StoreError::Unavailable {
            location: self.session.target.location.clone(),
            reason: format!("not yet durable: {}", concern.map_or("", |concern| &concern.message)),
        }
    }

    /// After an insert that some records did not survive.
    async fn sort_out(
        &mut self,
        documents: &[RawDocumentBuf],
        partly: &InsertManyError,
    ) -> Result<(), StoreError> {
        let errors = partly.write_errors.as_deref().unwrap_or_default();
        self.appended.added += count(documents.len().saturating_sub(errors.len()));
        let at = |error: &IndexedWriteError| documents.get(error.index);
        let (twins, others): (Vec<_>, Vec<_>) =
            errors.iter().partition(|error| error.code == DUPLICATE_KEY);
        let twins: Vec<_> = twins.into_iter().filter_map(at).collect();
        for known in twins.chunks(IDS_AT_ONCE) {
            self.compare(known).await?;
        }
        for error in others {
            let reason = by_code(&self.session.target, error.code, &error.message);
            let reason = content_only(reason)?;
            if let Some(document) = at(error) {
                self.change_and_insert(document, reason).await?;
            }
        }
        if partly.write_concern_error.is_some() { Err(self.not_durable(partly)) } else { Ok(()) }
    }

    /// Tells records that are there already from others with the same `_id`.
    async fn compare(&mut self, known: &[&RawDocumentBuf]) -> Result<(), StoreError> {
        let known_documents = known.iter().map(|document| &***document);
        let stored = fetch(self.session, &self.collection, known_documents).await?;
        for document in known {
            match id_element(document).and_then(|id| stored.get(id)) {
                Some(stored) if twin::is_same(stored, document) => self.appended.duplicates += 1,
                // Not found under its `_id`, it has that of a number of another type (1 and 1.0).
                _ => self.insert_beside(document).await?,
            }
        }
        Ok(())
    }

    /// Inserts a record whose `_id` is taken under one of its own.
    async fn insert_beside(&mut self, document: &RawDocument) -> Result<(), StoreError> {
        let twin = twin::with_own_id(document);
        match self.try_insert(std::slice::from_ref(&twin)).await? {
            Ok(()) => {
                self.appended.added += 1;
                self.appended.conflicts += 1;
            }
            Err(error) if is_duplicate(&error) && self.holds(&twin).await? => {
                self.appended.duplicates += 1;
            }
            Err(error) => self.refuse_for(document, &error)?,
        }
        Ok(())
    }

    /// Tries a refused record once more, with keys that every server takes.
    async fn change_and_insert(
        &mut self,
        document: &RawDocument,
        reason: String,
    ) -> Result<(), StoreError> {
        let Some(plain) = with_plain_keys(document) else {
            self.refuse(document, reason);
            return Ok(());
        };
        match self.try_insert(std::slice::from_ref(&plain)).await? {
            Ok(()) => self.appended.added += 1,
            Err(error) if is_duplicate(&error) => {
                if self.holds(&plain).await? {
                    self.appended.duplicates += 1;
                } else {
                    self.insert_beside(&plain).await?;
                }
            }
            Err(error) => self.refuse_for(document, &error)?,
        }
        Ok(())
    }

    /// Whether the server has this record under its `_id`.
    async fn holds(&self, document: &RawDocument) -> Result<bool, StoreError> {
        let document_alone = std::iter::once(document);
        let stored = fetch(self.session, &self.collection, document_alone).await?;
        Ok(stored.values().any(|stored| twin::is_same(stored, document)))
    }

    fn refuse_for(&mut self, document: &RawDocument, error: &Error) -> Result<(), StoreError> {
        let reason = self.reason(error)?;
        self.refuse(document, reason);
        Ok(())
    }

    fn refuse(&mut self, document: &RawDocument, reason: String) {
        let id = id_of(document).map_or_else(String::new, |id| format!(", _id {id:?}"));
        self.refused.push((format!("a record for {}{id}", self.collection.name()), reason));
    }
}

/// The documents with the `_id`s of these, by their `_id`'s element.
pub(super) async fn fetch(
    session: &Session,
    collection: &Collection<RawDocumentBuf>,
    documents: impl Iterator<Item = &RawDocument>,
) -> Result<HashMap<Vec<u8>, RawDocumentBuf>, StoreError> {
    let ids: Vec<Bson> = documents
        .filter_map(id_of)
        .filter_map(|id| Bson::try_from(RawBson::from(id)).ok())
        .collect();
    let find = collection.find(doc! { name::ID: { "$in": ids } });
    let mut cursor = session.write(find).await?;
    let mut stored = HashMap::new();
    while session.write(cursor.advance()).await? {
        let document = cursor.current().to_owned();
        stored.extend(id_element(&document).map(<[u8]>::to_vec).map(|id| (id, document)));
    }
    Ok(stored)
}

/// The reason, if the error is about a record and not about the server.
fn content_only(error: StoreError) -> Result<String, StoreError> {
    match error {
        StoreError::Failed { reason, .. } => Ok(reason),
        other => Err(other),
    }
}

fn is_duplicate(error: &Error) -> bool {
    let ErrorKind::InsertMany(partly) = error.kind.as_ref() else { return false };
    let errors = partly.write_errors.as_deref().unwrap_or_default();
    partly.write_concern_error.is_none() && errors.iter().any(|error| error.code == DUPLICATE_KEY)
}

fn count(records: usize) -> u64 {
    u64::try_from(records).unwrap_or(u64::MAX)
}

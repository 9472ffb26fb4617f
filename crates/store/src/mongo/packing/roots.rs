//! Roots in the database: each change is one compare-and-swap of the generation, acknowledged by a majority.

use super::super::error::{is_duplicate, store_error};
use super::super::limits::MAX_BLOCKS;
use super::super::session::Session;
use super::OWN;
use super::root::{FORMAT, ROOT, Root, Version, root_id};
use crate::StoreError;
use bson::{Bson, Document, doc};
use mongodb::Collection;

/// After every `_id` of a root.
const AFTER_ROOTS: &str = "root;";

/// The root of a collection; `None` where nothing was ever packed.
pub(super) async fn load(session: &Session, collection: &str) -> Result<Option<Root>, StoreError> {
    let find = own(session).await?;
    let found = session.read(find.find_one(doc! { "_id": root_id(collection) })).await?;
    found.map(|document| parse(session, &document)).transpose()
}

/// Every collection's root.
pub(in super::super) async fn all(session: &Session) -> Result<Vec<Root>, StoreError> {
    let find = own(session).await?;
    let find = find.find(doc! { "_id": { "$gte": ROOT, "$lt": AFTER_ROOTS } });
    let mut cursor = session.read(find).await?;
    let mut roots = Vec::new();
    while session.read(cursor.advance()).await? {
        let document = cursor.deserialize_current();
        let document = document.map_err(|error| store_error(&session.target, &error))?;
        roots.push(parse(session, &document)?);
    }
    Ok(roots)
}

/// Which version of the root is current: it costs little to ask.
pub(super) async fn version(session: &Session, collection: &str) -> Result<Version, StoreError> {
    let find = own(session).await?;
    let find = find
        .find_one(doc! { "_id": root_id(collection) })
        .projection(doc! { "generation": 1, "unpacked": 1 });
    let found = session.read(find).await?;
    let version = found.map(|document| Version::of(&document).ok_or_else(|| damaged(&document)));
    Ok(version.transpose()?.unwrap_or_default())
}

/// Every collection with a root, and the version of that.
pub(super) async fn versions(session: &Session) -> Result<Vec<(String, Version)>, StoreError> {
    let find = own(session).await?;
    let find = find
        .find(doc! { "_id": { "$gte": ROOT, "$lt": AFTER_ROOTS } })
        .projection(doc! { "generation": 1, "unpacked": 1 });
    let mut cursor = session.read(find).await?;
    let mut versions = Vec::new();
    while session.read(cursor.advance()).await? {
        let document = cursor.deserialize_current();
        let document = document.map_err(|error| store_error(&session.target, &error))?;
        let name = document.get_str("_id").ok().and_then(|id| id.strip_prefix(ROOT));
        let version = name.map(str::to_owned).zip(Version::of(&document));
        versions.push(version.ok_or_else(|| damaged(&document))?);
    }
    Ok(versions)
}

fn parse(session: &Session, document: &Document) -> Result<Root, StoreError> {
    let format = document.get_i64("format").unwrap_or_default();
    if format > FORMAT {
        return Err(StoreError::Newer {
            location: session.target.location.clone(),
            found: u32::try_from(format).unwrap_or(u32::MAX),
            supported: u32::try_from(FORMAT).unwrap_or_default(),
        });
    }
    Root::of(document).ok_or_else(|| damaged(document))
}

fn damaged(document: &Document) -> StoreError {
    StoreError::Damaged {
        place: format!("{OWN}, _id {}", document.get("_id").unwrap_or(&Bson::Null)),
        reason: "a root of blocks has to have generation, unpacked, epoch, blocks and garbage"
            .to_owned(),
    }
}

/// The root for a new holder of the lease: whatever swap an earlier one still has under way comes too late after this.
pub(super) async fn take_over(session: &Session, collection: &str) -> Result<Root, StoreError> {
    loop {
        let current = load(session, collection).await?;
        let known = current.as_ref().map(|root| root.version.generation);
        let mut root = current.unwrap_or_else(|| Root::new(collection));
        root.version.generation += 1;
        root.epoch += 1;
        let taken = match known {
            Some(generation) => swap(session, &root, generation).await?,
            None => create(session, &root).await?,
        };
        if taken {
            return Ok(root);
        }
    }
}

async fn create(session: &Session, root: &Root) -> Result<bool, StoreError> {
    let insert = own(session).await?;
    match session.try_write(insert.insert_one(root.document())).await? {
        Ok(_) => Ok(true),
        Err(error) if is_duplicate(&error) => Ok(false),
        Err(error) => Err(store_error(&session.target, &error)),
    }
}

/// Puts the root in the place of the one with this generation; `false` where that is no longer current.
pub(super) async fn swap(
    session: &Session,
    root: &Root,
    generation: i64,
) -> Result<bool, StoreError> {
    if root.blocks.len() + root.garbage.len() > MAX_BLOCKS {
        return Err(StoreError::Rejected {
            place: format!("another block of {}", root.collection),
            reason: format!("it has {MAX_BLOCKS} already: merge them (`woodpile pack --all`)"),
        });
    }
    let current = doc! { "_id": root_id(&root.collection), "generation": generation };
    let replace = own(session).await?;
    let replaced = session.write(replace.replace_one(current, root.document())).await?;
    Ok(replaced.matched_count == 1)
}

async fn own(session: &Session) -> Result<Collection<Document>, StoreError> {
    Ok(session.database().await?.collection(OWN))
}

//! Looks for damage.

use super::collections;
use super::session::Session;
use crate::{Finding, StoreError};
use bson::doc;
use woodpile_record::{Record, name};

/// Whether each collection can be read; `deep` reads every record.
pub(super) async fn check(session: &Session, deep: bool) -> Result<Vec<Finding>, StoreError> {
    let database = session.database().await?;
    session.read(database.run_command(doc! { "ping": 1 })).await?;
    let mut findings = Vec::new();
    for name in collections::names(session).await? {
        match check_collection(session, &name, deep, &mut findings).await {
            Err(error) if error.is_temporary() => return Err(error),
            Err(error) => findings.push(Finding {
                place: name,
                problem: format!("cannot be read to its end: {error}"),
                records: None,
            }),
            Ok(()) => {}
        }
    }
    Ok(findings)
}

async fn check_collection(
    session: &Session,
    collection: &str,
    deep: bool,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    // No limit is written as 0.
    let limit = i64::from(!deep);
    let find = session.collection(collection).await?;
    let mut cursor = session.read(find.find(doc! {}).limit(limit)).await?;
    while session.read(cursor.advance()).await? {
        let document = cursor.current();
        if let Err(error) = Record::from_bytes(document.as_bytes().to_vec()) {
            findings.push(Finding {
                place: format!("{collection}, _id {:?}", document.get(name::ID)),
                problem: error.to_string(),
                records: Some(1),
            });
        }
    }
    Ok(())
}

use super::super::MongoStore;
use super::root::{Root, Version};
use super::roots;
use crate::StoreError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The roots that were read last: each is asked for its version alone, and read again only where that changed.
#[derive(Debug, Default)]
pub(in super::super) struct RootCache(Mutex<HashMap<String, Arc<Root>>>);

impl RootCache {
    fn get(&self, collection: &str, version: Version) -> Option<Arc<Root>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(collection).filter(|root| root.version == version).cloned()
    }

    fn keep(&self, root: &Arc<Root>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(root.collection.clone(), root.clone());
    }
}

/// Which version of a collection's root is current.
pub(super) fn version_of(store: &MongoStore, collection: &str) -> Result<Version, StoreError> {
    let name = collection.to_owned();
    store.run(|session| async move { roots::version(&session, &name).await })
}

/// A collection's root as it is now; an empty one where nothing was ever packed.
pub(super) fn root_of(store: &MongoStore, collection: &str) -> Result<Arc<Root>, StoreError> {
    let version = version_of(store, collection)?;
    if let Some(root) = store.roots.get(collection, version) {
        return Ok(root);
    }
    if version == Version::default() {
        return Ok(Arc::new(Root::new(collection)));
    }
    let name = collection.to_owned();
    let root = store.run(|session| async move { roots::load(&session, &name).await })?;
    let root = Arc::new(root.unwrap_or_else(|| Root::new(collection)));
    store.roots.keep(&root);
    Ok(root)
}

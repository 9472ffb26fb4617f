use crate::{Location, Store, StoreError};
use std::sync::Arc;

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenOptions {
    /// Whether a file that is not there is made.
    pub create: bool,
    /// Whether nothing will be written.
    pub read_only: bool,
}

impl OpenOptions {
    /// For those who write: the file is made where it is missing.
    pub const WRITE: Self = Self { create: true, read_only: false };
    /// For those who only read: nothing is made.
    pub const READ: Self = Self { create: false, read_only: true };
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self::WRITE
    }
}

/// Opens the store at a location. A MongoDB database is not contacted before the first call.
///
/// # Errors
/// Says what is wrong with the file or the URI, or which feature this build lacks.
pub fn open(location: &Location, options: &OpenOptions) -> Result<Arc<dyn Store>, StoreError> {
    match location {
        Location::File(path) => open_file(path, *options),
        Location::Mongo(uri) => open_mongo(uri),
        Location::Server(_) => Err(StoreError::Failed {
            location: location.to_string(),
            reason: "a server's store is not opened from here: name a file or a mongodb:// URL"
                .to_owned(),
        }),
    }
}

#[cfg(feature = "sqlite")]
fn open_file(path: &std::path::Path, options: OpenOptions) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(crate::SqliteStore::open(path, &options)?))
}

#[cfg(not(feature = "sqlite"))]
fn open_file(path: &std::path::Path, _: OpenOptions) -> Result<Arc<dyn Store>, StoreError> {
    Err(lacks_feature(&Location::File(path.to_owned()), "sqlite"))
}

#[cfg(feature = "mongo")]
fn open_mongo(uri: &str) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(crate::MongoStore::new(uri)?))
}

#[cfg(not(feature = "mongo"))]
fn open_mongo(uri: &str) -> Result<Arc<dyn Store>, StoreError> {
    Err(lacks_feature(&Location::Mongo(uri.to_owned()), "mongo"))
}

#[cfg(not(all(feature = "mongo", feature = "sqlite")))]
fn lacks_feature(location: &Location, feature: &str) -> StoreError {
    StoreError::Failed {
        location: location.to_string(),
        reason: format!("this build has no such store: build it with the feature `{feature}`"),
    }
}

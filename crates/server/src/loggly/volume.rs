//! `GET /apiv2/volume-metrics`: how many events, and how many bytes, came from which host and app.

use super::asked::{Given, Wanted};
use super::pretty::Pretty;
use super::reader;
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::error::ApiError;
use crate::limits::MAX_VOLUME_GROUPS;
use crate::read::{Asked, searched};
use axum::extract::State;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use woodpile_record::{RawBsonRef, RawDocument, find, name};
use woodpile_store::Order;

/// Of a group of events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Volume {
    pub(super) count: u64,
    /// As BSON.
    pub(super) bytes: u64,
}

/// What events are grouped by.
#[derive(Debug, Clone, Copy)]
struct Groups {
    host: bool,
    app: bool,
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Read>, ApiError>,
    given: Given,
) -> Result<Pretty, ApiError> {
    reader(caller)?;
    let groups = groups(&given)?;
    let (host, of_app) =
        (given.get("host").map(str::to_owned), given.get("app").map(str::to_owned));
    let asked = Wanted::of(&given)?.asked()?;
    let key = move |record: &RawDocument| Key::of(record, groups);
    let found = volumes(&app, asked, key).await?;
    let listed = found.into_iter().filter(|(key, _)| {
        host.as_ref().is_none_or(|host| key.host.as_ref() == Some(host))
            && of_app.as_ref().is_none_or(|app| key.app.as_ref() == Some(app))
    });
    let wants = |measurement: &str| {
        given
            .get("measurement_types")
            .is_none_or(|list| list.split(',').any(|own| own == measurement))
    };
    let (bytes, count) = (wants("volume_bytes"), wants("count"));
    let row = |(key, volume): (Key, Volume)| {
        let mut row = Map::new();
        row.extend(key.host.map(|host| ("host".to_owned(), Value::from(host))));
        row.extend(key.app.map(|app| ("app".to_owned(), Value::from(app))));
        row.extend(bytes.then(|| ("volume_bytes".to_owned(), volume.bytes.into())));
        row.extend(count.then(|| ("count".to_owned(), volume.count.into())));
        Value::Object(row)
    };
    let rows: Value = listed.map(row).collect();
    Ok(Pretty(serde_json::json!({ "metrics": rows })))
}

fn groups(given: &Given) -> Result<Groups, ApiError> {
    let mut groups = Groups { host: given.get("host").is_some(), app: given.get("app").is_some() };
    for name in given.get("group_by").unwrap_or_default().split(',').filter(|name| !name.is_empty())
    {
        match name {
            "host" => groups.host = true,
            "app" => groups.app = true,
            _ => {
                let error = format!("group_by={name} is wrong");
                return Err(ApiError::bad_request(error, "expected host, app or both"));
            }
        }
    }
    Ok(groups)
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    host: Option<String>,
    app: Option<String>,
}

impl Key {
    fn of(record: &RawDocument, groups: Groups) -> Self {
        let text = |wanted: bool, name| {
            let found = wanted.then(|| find(record, name).and_then(RawBsonRef::as_str));
            found.flatten().map(str::to_owned)
        };
        Self { host: text(groups.host, name::HOSTNAME), app: text(groups.app, name::APP) }
    }
}

/// How much there is of each group of what matches.
pub(super) async fn volumes<K: Ord + Send + 'static>(
    app: &App,
    asked: Asked,
    key: impl Fn(&RawDocument) -> K + Send + 'static,
) -> Result<BTreeMap<K, Volume>, ApiError> {
    let counted = searched(app, move |search, watch| {
        let question = asked.question(Order::NewestFirst, None).watched_by(watch.clone());
        let collections = asked.collections(search.store())?;
        let mut found = search.find(&question, &collections);
        let mut volumes = BTreeMap::<K, Volume>::new();
        while let Some(row) = found.advance()? {
            let volume = volumes.entry(key(row.document)).or_default();
            volume.count += 1;
            volume.bytes += row.document.as_bytes().len() as u64;
            if volumes.len() > MAX_VOLUME_GROUPS {
                return Ok(None);
            }
        }
        Ok(Some(volumes))
    });
    counted.await?.ok_or_else(|| {
        let error = format!("there are more than {MAX_VOLUME_GROUPS} hosts and apps");
        ApiError::bad_request(error, "ask for one host=… or app=…, or narrow the query")
    })
}

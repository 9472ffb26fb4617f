//! `GET /api/records`: what matches, or what pipes make of it, streamed.

use super::asked::Asked;
use super::chunks::Chunks;
use super::format::Format;
use super::given::{Given, wrong};
use super::outlet::Outlet;
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::error::ApiError;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;
use woodpile_present::Form;
use woodpile_query::{Origin, Pipe, Pipeline, Rows};
use woodpile_search::{Search, SearchError, Tally};
use woodpile_store::{Finding, Order};

/// The most records that a limit may name.
const MAX_LIMIT: u64 = 1_000_000_000;

/// What is wanted of what is found.
struct Wanted {
    asked: Asked,
    order: Order,
    limit: Option<usize>,
    format: Format,
    /// Whether the last line says what was looked at, and what could not be read.
    notes: bool,
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    _: Caller<Read>,
    headers: HeaderMap,
    given: Given,
) -> Result<Response, ApiError> {
    let wanted = Wanted::take(given, &headers)?;
    let content_type = wanted.format.content_type();
    let search = app.search()?;
    let stream = app.permits.stream()?;
    let turn = app.permits.search().await?;
    let (outlet, chunks) = Outlet::new(app, turn);
    let (failed, failure) = oneshot::channel();
    let mut chunks = chunks;
    spawn_blocking(move || {
        let _stream = stream;
        if let Err(error) = wanted.write(&search, &outlet) {
            wanted.fail(&outlet, error, failed);
        }
    });
    // Until something is found, an error is an answer of its own.
    let first = chunks.recv().await;
    let first = match first {
        None => match failure.await {
            Ok(error) => return Err(error),
            Err(_) => Bytes::new(),
        },
        Some(first) => first.map_err(|cut_off| ApiError::internal(cut_off.0))?,
    };
    let mut response = Response::new(Body::new(Chunks::new(first, chunks)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

impl Wanted {
    fn take(mut given: Given, headers: &HeaderMap) -> Result<Self, ApiError> {
        let asked = Asked::take(&mut given)?;
        let limit = given.number("limit", 1..=MAX_LIMIT)?;
        let limit = limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
        let order = match given.take("order")?.as_deref() {
            None | Some("newest") => Order::NewestFirst,
            Some("oldest") => Order::OldestFirst,
            Some(other) => return Err(wrong("order", other, "newest or oldest")),
        };
        let is_extended = given.flag("extended")?;
        let notes = given.flag("notes")?;
        given.end()?;
        let format = match Format::of(headers) {
            Format::Json if is_extended => Format::Extended,
            format => format,
        };
        Ok(Self { asked, order, limit, format, notes: notes && format.is_json() })
    }

    fn write(&self, search: &Search, outlet: &Arc<Outlet>) -> Result<(), SearchError> {
        let collections = self.asked.collections(search.store())?;
        let mut pipes = self.asked.pipes().to_vec();
        let pipeline = Pipeline::new(&pipes, &self.asked.zone);
        let (damage, tally) = if pipeline.is_streaming() {
            self.write_records(search, &collections, (&pipeline, outlet))?
        } else {
            pipes.extend(self.limit.map(|limit| Pipe::Limit(limit as u64)));
            let pipeline = Pipeline::new(&pipes, &self.asked.zone);
            self.write_rows(search, &collections, (pipeline, outlet))?
        };
        if self.notes {
            outlet.push(|out| write_notes(&damage, tally, out))?;
        }
        outlet.finish()
    }

    /// What matches, one after another, whole or some of its fields.
    fn write_records(
        &self,
        search: &Search,
        collections: &[String],
        (pipeline, outlet): (&Pipeline, &Arc<Outlet>),
    ) -> Result<(Vec<Finding>, Tally), SearchError> {
        let (format, form) = (self.format, self.form());
        let columns = pipeline.columns();
        let question = self.asked.question(self.order, self.limit).watched_by(outlet.watch());
        let mut found = search.find(&question, collections);
        outlet.push(|out| format.header(columns.as_deref(), out))?;
        let mut left = self.limit.unwrap_or(usize::MAX);
        while left > 0
            && let Some(row) = found.advance()?
        {
            let collection = collections.get(row.collection).map_or("", String::as_str);
            outlet.push(|out| match &columns {
                None => format.record(&form, collection, row.document, out),
                Some(columns) => {
                    let values = pipeline.row(row.document, Origin { collection });
                    format.row(&form, columns, values.iter().map(|v| v.as_raw_bson_ref()), out);
                }
            })?;
            left -= 1;
        }
        Ok((found.damage().cloned().collect(), found.tally()))
    }

    /// What pipes make of all that matches.
    fn write_rows(
        &self,
        search: &Search,
        collections: &[String],
        (pipeline, outlet): (Pipeline, &Arc<Outlet>),
    ) -> Result<(Vec<Finding>, Tally), SearchError> {
        let (format, form) = (self.format, self.form());
        let question = self.asked.question(self.order, None).watched_by(outlet.watch());
        let worked = search.work(&question, collections, pipeline)?;
        match &worked.rows {
            Rows::Records(records) => {
                outlet.push(|out| format.header(None, out))?;
                for found in records {
                    outlet.push(|out| {
                        format.record(&form, &found.collection, &found.document, out);
                    })?;
                }
            }
            Rows::Table(table) => {
                outlet.push(|out| format.header(Some(&table.columns), out))?;
                for row in &table.rows {
                    let values = row.iter().map(|value| value.as_raw_bson_ref());
                    outlet.push(|out| format.row(&form, &table.columns, values, out))?;
                }
            }
        }
        Ok((worked.damage, worked.tally))
    }

    fn form(&self) -> Form {
        Form { terminal: false, zone: self.asked.zone.clone() }
    }

    /// Before anything was sent the error is the answer, then it is the last line of what is cut off.
    fn fail(&self, outlet: &Outlet, error: SearchError, failed: oneshot::Sender<ApiError>) {
        let error = ApiError::from(error);
        if !outlet.has_sent() {
            // Whoever asked may have left.
            let _ = failed.send(error);
            return;
        }
        let reason = error.error.to_string();
        if self.format.is_json() {
            let line = error.json() + "\n";
            // Nobody may read it any more.
            let _ = outlet.push(|out| out.push_str(&line));
        }
        outlet.cut_off(reason);
    }
}

/// `{"notes":{"damage":[…],"tally":{…}}}`.
fn write_notes(damage: &[Finding], tally: Tally, out: &mut String) {
    let notes = json!({ "notes": { "damage": damage_of(damage), "tally": {
        "hot": tally.hot,
        "blocks": tally.blocks,
        "skipped_blocks": tally.skipped_blocks,
        "skipped_by_words": tally.skipped_by_words,
        "summed_blocks": tally.summed_blocks,
        "groups": tally.groups,
        "unpacked": tally.unpacked,
        "read_bytes": tally.read_bytes,
    } } });
    out.push_str(&notes.to_string());
    out.push('\n');
}

/// What could not be read, as JSON.
pub(crate) fn damage_of(damage: &[Finding]) -> serde_json::Value {
    let finding = |finding: &Finding| json!({ "place": finding.place, "problem": finding.problem, "records": finding.records });
    damage.iter().map(finding).collect()
}

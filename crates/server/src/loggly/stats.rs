//! `GET /apiv2/stats/STAT/FIELD`: numbers of a field.

use super::asked::{Given, Wanted};
use super::pretty::Pretty;
use super::reader;
use crate::app::App;
use crate::auth::{Caller, Read};
use crate::error::ApiError;
use crate::read::{Asked, searched};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use std::sync::Arc;
use woodpile_present::json::simple;
use woodpile_query::{Aggregation, Column, Function, Percentile, Pipe, Pipeline, Rows, Stats};
use woodpile_store::Order;

/// The percentiles that are told, in hundredths.
const PERCENTILES: [u16; 7] = [100, 500, 2_500, 5_000, 7_500, 9_500, 9_900];
const BASIC: [(&str, Function); 5] = [
    ("count", Function::Count),
    ("min", Function::Min),
    ("max", Function::Max),
    ("avg", Function::Avg),
    ("sum", Function::Sum),
];

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Result<Caller<Read>, ApiError>,
    Path((stat, field)): Path<(String, String)>,
    given: Given,
) -> Result<Response, ApiError> {
    reader(caller)?;
    let wanted = functions(&stat).ok_or_else(|| unknown_stat(&stat))?;
    let asked = Wanted::of(&given)?.asked()?;
    let mut all = vec![aggregation(Function::Count, Some(&field))];
    all.extend(wanted.iter().map(|(_, function)| aggregation(*function, Some(&field))));
    let row = only_row(&app, asked, all).await?;
    let (with_field, values) =
        row.split_first().map_or((None, &[][..]), |(n, rest)| (n.as_u64(), rest));
    if with_field.unwrap_or(0) == 0 {
        // In Loggly's words, which clients may look for.
        let text = format!("The requested field '{field}' is unknown.\n");
        return Ok((StatusCode::BAD_REQUEST, text).into_response());
    }
    Ok(Pretty(shown(&wanted, values)).into_response())
}

/// The names of an answer's members, and what they are; those of percentiles are in a document.
fn functions(stat: &str) -> Option<Vec<(String, Function)>> {
    let named = |(name, function): (&str, Function)| (name.to_owned(), function);
    let basic = || BASIC.into_iter().map(named);
    let percentiles = || PERCENTILES.into_iter().filter_map(percentile);
    let cardinality = ("cardinality", Function::Uniq);
    let one = |name: &str| basic().filter(|(own, _)| own == name).collect();
    Some(match stat {
        "avg" | "sum" | "min" | "max" => one(stat),
        "value_count" => vec![named(("value_count", Function::Count))],
        "cardinality" => vec![named(cardinality)],
        "percentiles" => percentiles().collect(),
        "stats" | "extended" => basic().collect(),
        "all" => basic().chain([named(cardinality)]).chain(percentiles()).collect(),
        _ => return None,
    })
}

/// `95.0`.
fn percentile(hundredths: u16) -> Option<(String, Function)> {
    let percentile = Percentile::from_hundredths(hundredths)?;
    let name = format!("{}.{}", hundredths / 100, hundredths % 100 / 10);
    Some((name, Function::Percentile(percentile)))
}

fn shown(wanted: &[(String, Function)], values: &[Value]) -> Value {
    let (mut members, mut percentiles) = (Map::new(), Map::new());
    for ((name, function), value) in wanted.iter().zip(values) {
        let place = match function {
            Function::Percentile(_) => &mut percentiles,
            _ => &mut members,
        };
        place.insert(name.clone(), value.clone());
    }
    if !percentiles.is_empty() {
        members.insert("percentiles".to_owned(), percentiles.into());
    }
    members.into()
}

fn unknown_stat(stat: &str) -> ApiError {
    ApiError::bad_request(
        format!("there is no statistic {stat:?}"),
        "expected avg, sum, min, max, percentiles, value_count, cardinality, stats, extended or all",
    )
}

pub(super) fn aggregation(function: Function, field: Option<&str>) -> Aggregation {
    Aggregation { function, field: field.map(Column::new), alias: None }
}

/// What is computed of all that matches.
pub(super) async fn only_row(
    app: &App,
    asked: Asked,
    aggregations: Vec<Aggregation>,
) -> Result<Vec<Value>, ApiError> {
    let pipe = Pipe::Stats(Stats { aggregations, by: Vec::new() });
    let worked = searched(app, move |search, watch| {
        let question = asked.question(Order::NewestFirst, None).watched_by(watch.clone());
        let collections = asked.collections(search.store())?;
        search.work(&question, &collections, Pipeline::new(&[pipe], &TimeZone::UTC))
    });
    let Rows::Table(table) = worked.await?.rows else { return Ok(Vec::new()) };
    let row = table.rows.first().map(|row| row.iter().map(|value| simple(value.as_raw_bson_ref())));
    Ok(row.map(Iterator::collect).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_named_as_loggly_does() {
        let names: Vec<_> =
            functions("percentiles").unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["1.0", "5.0", "25.0", "50.0", "75.0", "95.0", "99.0"]);
        assert_eq!(functions("median"), None);
    }
}

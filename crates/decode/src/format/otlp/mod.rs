//! OpenTelemetry's logs over HTTP, as protobuf and as JSON (<https://opentelemetry.io/docs/specs/otlp/>).

mod answer;
mod json;
mod message;
mod record;

use crate::lines::without_mark;
use crate::place;
use crate::{Decoded, Each, Rejected};
pub use answer::{Partial, status};
use message::Request;
use prost::Message;
use woodpile_line::Context;
use woodpile_record::json::JsonError;

/// How the body is written; its `Content-Type` says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `application/x-protobuf`.
    Protobuf,
    /// `application/json`.
    Json,
}

/// Hands out the log records of an export request: all or, if the body cannot be read, none.
///
/// # Errors
/// Says where and why the body is no export request.
pub fn decode(
    body: &[u8],
    encoding: Encoding,
    context: &Context<'_>,
    each: &mut Each<'_>,
) -> Result<(), Rejected> {
    let request = match encoding {
        Encoding::Protobuf => of_protobuf(body)?,
        Encoding::Json => of_json(without_mark(body))?,
    };
    for resource in &request.resource_logs {
        for scope in &resource.scope_logs {
            for log in &scope.log_records {
                let origin = record::Origin::new(resource.resource.as_ref(), scope.scope.as_ref());
                record::hand_out(log, origin, context, &mut |entry, route| {
                    each(Ok(Decoded::entry(entry, route)));
                });
            }
        }
    }
    Ok(())
}

fn of_protobuf(body: &[u8]) -> Result<Request, Rejected> {
    Request::decode(body).map_err(|error| Rejected {
        line: 1,
        column: None,
        reason: format!("expected an ExportLogsServiceRequest in protobuf: {error}"),
    })
}

fn of_json(body: &[u8]) -> Result<Request, Rejected> {
    serde_json::from_slice(body)
        .map_err(|error| place::of(&String::from_utf8_lossy(body), &JsonError::from(error)))
}

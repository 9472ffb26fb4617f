//! What is answered (<https://opentelemetry.io/docs/specs/otlp/#otlphttp-response>).

use super::Encoding;
use super::message::{ExportResponse, PartialSuccess, Status};
use prost::Message;

/// How many log records were not kept although the others were, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Partial {
    /// How many.
    pub rejected: u64,
    /// Why; for developers.
    pub reason: String,
}

impl Partial {
    /// The body of an `ExportLogsServiceResponse`; without a partial success, all records were kept.
    pub fn encode(partial: Option<Self>, encoding: Encoding) -> Vec<u8> {
        let partial = partial.map(|Self { rejected, reason }| PartialSuccess {
            rejected_log_records: i64::try_from(rejected).unwrap_or(i64::MAX),
            error_message: reason,
        });
        let response = ExportResponse { partial_success: partial };
        match encoding {
            Encoding::Protobuf => response.encode_to_vec(),
            Encoding::Json => serde_json::to_vec(&response).unwrap_or_default(),
        }
    }
}

/// The body of an answer that says why a request in protobuf was refused: a `google.rpc.Status` with a message
/// (<https://opentelemetry.io/docs/specs/otlp/#failures>).
pub fn status(message: &str) -> Vec<u8> {
    Status { message: message.to_owned() }.encode_to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_rejected_is_told_in_the_clients_encoding() {
        let partial = Partial { rejected: 2, reason: "no".to_owned() };
        assert_eq!(Partial::encode(None, Encoding::Protobuf), b"");
        assert_eq!(Partial::encode(None, Encoding::Json), b"{}");
        assert_eq!(
            Partial::encode(Some(partial.clone()), Encoding::Protobuf),
            b"\x0a\x06\x08\x02\x12\x02no"
        );
        assert_eq!(
            Partial::encode(Some(partial), Encoding::Json),
            br#"{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"no"}}"#
        );
        assert_eq!(status("no"), b"\x12\x02no");
    }
}

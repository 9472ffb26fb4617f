use crate::limits::{MAX_DOCUMENT_BYTES, MAX_DOCUMENT_DEPTH};
use bson::RawDocument;
use bson::raw::{RawBsonRef, RawDocumentBuf};
use std::fmt;

/// One encoded record: a well-formed BSON document.
#[derive(Debug, Clone, PartialEq)]
pub struct Record(RawDocumentBuf);

impl Record {
    /// Takes a document of any writer, after checking all of its structure.
    ///
    /// # Errors
    /// Says what about the bytes is not a BSON document within the limits.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, RecordError> {
        if bytes.len() > MAX_DOCUMENT_BYTES {
            return Err(RecordError::TooLarge { bytes: bytes.len() });
        }
        let document = RawDocumentBuf::from_bytes(bytes).map_err(RecordError::malformed)?;
        check(&document, 1)?;
        Ok(Self(document))
    }

    /// Wraps what this crate itself encoded.
    pub(crate) fn trusted(bytes: Vec<u8>) -> Self {
        Self(RawDocumentBuf::from_bytes(bytes).unwrap_or_default())
    }

    /// The document.
    pub fn as_document(&self) -> &RawDocument {
        &self.0
    }

    /// The document's bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

fn check(document: &RawDocument, depth: usize) -> Result<(), RecordError> {
    if depth > MAX_DOCUMENT_DEPTH {
        return Err(RecordError::TooDeep);
    }
    for element in document {
        let (_, value) = element.map_err(RecordError::malformed)?;
        match value {
            RawBsonRef::Document(inner) => check(inner, depth + 1)?,
            RawBsonRef::Array(inner) => {
                check(
                    RawDocument::from_bytes(inner.as_bytes()).map_err(RecordError::malformed)?,
                    depth + 1,
                )?;
            }
            RawBsonRef::JavaScriptCodeWithScope(code) => check(code.scope, depth + 1)?,
            _ => {}
        }
    }
    Ok(())
}

/// Why bytes are not a record.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RecordError {
    /// The bytes break BSON's grammar.
    Malformed {
        /// What the reader found.
        found: String,
    },
    /// More bytes than MongoDB takes.
    TooLarge {
        /// How many there are.
        bytes: usize,
    },
    /// Nested deeper than MongoDB takes.
    TooDeep,
}

impl RecordError {
    fn malformed(error: impl fmt::Display) -> Self {
        Self::Malformed { found: error.to_string() }
    }
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { found } => write!(f, "not a BSON document: {found}"),
            Self::TooLarge { bytes } => {
                write!(
                    f,
                    "the document has {bytes} bytes, more than the {MAX_DOCUMENT_BYTES} that fit"
                )
            }
            Self::TooDeep => {
                write!(f, "the document nests deeper than {MAX_DOCUMENT_DEPTH} levels")
            }
        }
    }
}

impl std::error::Error for RecordError {}

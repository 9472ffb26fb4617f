//! Bodies that come compressed.

use crate::error::ApiError;
use crate::limits::MAX_UNPACKED_BYTES;
use flate2::bufread::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::{HeaderMap, StatusCode, header};
use std::io::{self, Read};

/// How much is unpacked at first.
const FIRST_BYTES: usize = 64 * 1024;
/// The largest window that a frame of zstd may ask for, as its power of two: RFC 8878 recommends 8 MiB.
const ZSTD_WINDOW_LOG: u32 = 23;

/// How a body is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    Deflate,
    Zstd,
}

impl Coding {
    /// What the request says.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>, ApiError> {
        let Some(value) = headers.get(header::CONTENT_ENCODING) else { return Ok(None) };
        match value.to_str().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(None),
            "gzip" | "x-gzip" => Ok(Some(Self::Gzip)),
            "deflate" => Ok(Some(Self::Deflate)),
            "zstd" => Ok(Some(Self::Zstd)),
            _ => Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                format!("Content-Encoding {value:?} is not understood"),
                "send gzip, zstd, deflate or no encoding",
            )),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
        }
    }

    /// The body as it was.
    pub(crate) fn inflate(self, packed: &[u8]) -> Result<Vec<u8>, ApiError> {
        match self {
            Self::Gzip => self.read(MultiGzDecoder::new(packed)),
            // The name means zlib's format; some send it without its frame.
            Self::Deflate if is_zlib(packed) => self.read(ZlibDecoder::new(packed)),
            Self::Deflate => self.read(DeflateDecoder::new(packed)),
            Self::Zstd => {
                let decoder = zstd::Decoder::with_buffer(packed).and_then(|mut decoder| {
                    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                    Ok(decoder)
                });
                self.read(decoder.map_err(|error| self.broken(&error))?)
            }
        }
    }

    fn read(self, unpacking: impl Read) -> Result<Vec<u8>, ApiError> {
        let mut bytes = Vec::with_capacity(FIRST_BYTES);
        let most = MAX_UNPACKED_BYTES as u64 + 1;
        unpacking.take(most).read_to_end(&mut bytes).map_err(|error| self.broken(&error))?;
        if bytes.len() > MAX_UNPACKED_BYTES {
            return Err(ApiError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body unpacks to more than {MAX_UNPACKED_BYTES} bytes"),
                "send the records in several requests",
            ));
        }
        Ok(bytes)
    }

    fn broken(self, error: &io::Error) -> ApiError {
        ApiError::bad_request(
            format!("the body is not {}: {error}", self.name()),
            "its Content-Encoding has to say how it is compressed",
        )
    }
}

/// Whether the first two bytes are a header of zlib's (<https://www.rfc-editor.org/rfc/rfc1950#section-2.2>).
fn is_zlib(packed: &[u8]) -> bool {
    let [method, flags, ..] = packed else { return false };
    method & 0x0f == 8 && u16::from_be_bytes([*method, *flags]).is_multiple_of(31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use http::HeaderValue;
    use std::io::Write;

    const TEXT: &[u8] = b"{\"message\":\"hello\"}\n";

    fn packed(coding: Coding, text: &[u8]) -> Vec<u8> {
        match coding {
            Coding::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            Coding::Deflate => {
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(text).unwrap();
                encoder.finish().unwrap()
            }
            Coding::Zstd => zstd::encode_all(text, 3).unwrap(),
        }
    }

    #[test]
    fn what_was_packed_comes_back() {
        for coding in [Coding::Gzip, Coding::Deflate, Coding::Zstd] {
            assert_eq!(coding.inflate(&packed(coding, TEXT)).unwrap(), TEXT, "{coding:?}");
        }
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::fast());
        bare.write_all(TEXT).unwrap();
        assert_eq!(Coding::Deflate.inflate(&bare.finish().unwrap()).unwrap(), TEXT);
        let twice = [packed(Coding::Gzip, TEXT), packed(Coding::Gzip, TEXT)].concat();
        assert_eq!(Coding::Gzip.inflate(&twice).unwrap(), [TEXT, TEXT].concat());
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let zeros = vec![0; MAX_UNPACKED_BYTES + 1];
        for coding in [Coding::Gzip, Coding::Deflate, Coding::Zstd] {
            let error = coding.inflate(&packed(coding, &zeros)).unwrap_err();
            assert_eq!(error.status, StatusCode::PAYLOAD_TOO_LARGE, "{coding:?}");
        }
    }

    #[test]
    fn what_is_broken_or_cut_off_is_an_error() {
        for coding in [Coding::Gzip, Coding::Deflate, Coding::Zstd] {
            let whole = packed(coding, TEXT);
            for bytes in [&whole[..whole.len() - 1], b"plain text", b""] {
                let error = coding.inflate(bytes).unwrap_err();
                assert_eq!(error.status, StatusCode::BAD_REQUEST, "{coding:?} {bytes:?}");
            }
        }
    }

    #[test]
    fn the_header_says_how() {
        let coding = |value: &'static str| {
            let headers = [(header::CONTENT_ENCODING, HeaderValue::from_static(value))];
            Coding::of(&headers.into_iter().collect())
        };
        assert_eq!(coding("GZIP"), Ok(Some(Coding::Gzip)));
        assert_eq!(coding("identity"), Ok(None));
        assert_eq!(Coding::of(&HeaderMap::new()), Ok(None));
        for unknown in ["br", "gzip, gzip"] {
            assert_eq!(coding(unknown).unwrap_err().status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
    }
}

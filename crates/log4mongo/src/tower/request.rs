use crate::clock::Stopwatch;
use crate::tower::client::{Client, ClientAddr};
use http::header::{HOST, REFERER, USER_AGENT};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Request, Version};
use std::net::SocketAddr;
use woodpile_record::Http;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest request id that is taken from a client.
const MAX_REQUEST_ID: usize = 200;

/// The request's id, in the request's extensions: the `X-Request-Id` that came, or a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Who is logged in: put it into the response's extensions, and the access record tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteUser(pub String);

/// How to read a request.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RequestReader {
    pub(crate) client: ClientAddr,
    pub(crate) peer: Option<fn(&Extensions) -> Option<SocketAddr>>,
}

/// What a request said, kept until its answer is known.
#[derive(Debug)]
pub(crate) struct Seen {
    method: http::Method,
    path: String,
    query: Option<String>,
    version: Version,
    host: Option<String>,
    referrer: Option<String>,
    user_agent: Option<String>,
    pub(crate) client: Client,
    pub(crate) request_id: String,
    pub(crate) since: Stopwatch,
}

impl RequestReader {
    /// `new_id` makes the id of a request that brings none.
    pub(crate) fn read<B>(self, request: &Request<B>, new_id: impl FnOnce() -> String) -> Seen {
        let headers = request.headers();
        let peer = self.peer.and_then(|peer| peer(request.extensions()));
        let peer = peer.or_else(|| request.extensions().get::<SocketAddr>().copied());
        let host = text(headers, &HOST).or_else(|| request.uri().host().map(str::to_owned));
        Seen {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            query: request.uri().query().map(str::to_owned),
            version: request.version(),
            host,
            referrer: text(headers, &REFERER),
            user_agent: text(headers, &USER_AGENT),
            client: self.client.of(headers, peer),
            request_id: brought_id(headers).unwrap_or_else(new_id),
            since: Stopwatch::start(),
        }
    }
}

/// A header as text: bytes that are no UTF-8 are shown as what they replace.
fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The id that the client or the platform gave, if it is one that can be shown and sent on.
fn brought_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?.trim();
    let is_fit = !id.is_empty() && id.len() <= MAX_REQUEST_ID;
    is_fit.then(|| id.to_owned())
}

impl Seen {
    pub(crate) fn is_head(&self) -> bool {
        self.method == http::Method::HEAD
    }

    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(crate) fn header_value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.request_id).ok()
    }

    /// The record's `http` part, as far as the request tells it.
    pub(crate) fn http(&self) -> Http<'_> {
        Http {
            method: Some(self.method.as_str().into()),
            path: Some(self.path.as_str().into()),
            query: self.query.as_deref().map(Into::into),
            duration_ms: Some(self.since.millis()),
            remote_addr: self.client.address.as_deref().map(Into::into),
            host: self.host.as_deref().map(Into::into),
            referrer: self.referrer.as_deref().map(Into::into),
            user_agent: self.user_agent.as_deref().map(Into::into),
            request_id: Some(self.request_id.as_str().into()),
            protocol: Some(protocol(self.version).into()),
            ..Http::default()
        }
    }
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "HTTP/0.9",
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        Version::HTTP_3 => "HTTP/3.0",
        _ => "HTTP/1.1",
    }
}

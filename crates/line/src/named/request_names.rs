//! The names that servers, proxies and middleware give to the parts of a request, the preferred ones first. A name with
//! dots is a field of its own or a path into documents.

pub(super) const METHOD: &[&str] = &[
    "method",
    "http.method",
    "http.request.method",
    "req.method",
    "request.method",
    "verb",
    "request_method",
    "http_method",
    "httpRequest.requestMethod",
];
pub(super) const TARGET: &[&str] = &[
    "path",
    "url",
    "uri",
    "http.path",
    "url.original",
    "url.path",
    "http.target",
    "req.url",
    "req.path",
    "request.uri",
    "request.url",
    "request.path",
    "request_uri",
    "request_path",
    "httpRequest.requestUrl",
    "http.url",
];
pub(super) const STATUS: &[&str] = &[
    "status",
    "status_code",
    "statusCode",
    "http.status",
    "http.status_code",
    "http.response.status_code",
    "res.statusCode",
    "response.status",
    "response_status",
    "httpRequest.status",
    "http_status",
    "code",
];
pub(super) const BYTES: &[&str] = &[
    "bytes",
    "size",
    "bytes_sent",
    "body_bytes_sent",
    "response_size",
    "http.bytes",
    "http.response.body.bytes",
    "http.response.body.size",
    "httpRequest.responseSize",
    "res.headers.content-length",
    "content_length",
    "length",
];
/// Durations in milliseconds where they are bare numbers.
pub(super) const MILLIS: &[&str] = &[
    "durationMs",
    "duration_ms",
    "http.durationMs",
    "responseTime",
    "response_time",
    "elapsed_ms",
    "latency_ms",
    "took_ms",
    "request_time_ms",
    "service",
    "duration",
    "elapsed",
    "latency",
    "httpRequest.latency",
];
/// Durations in seconds where they are bare numbers.
pub(super) const SECONDS: &[&str] = &[
    "request_time",
    "duration_s",
    "duration_seconds",
    "upstream_response_time",
    "http.server.request.duration",
];
pub(super) const REMOTE: &[&str] = &[
    "remote_addr",
    "remoteAddr",
    "http.remoteAddr",
    "remote_ip",
    "client_ip",
    "clientIp",
    "clientip",
    "ip",
    "fwd",
    "remoteAddress",
    "req.remoteAddress",
    "request.remote_ip",
    "client.ip",
    "client.address",
    "httpRequest.remoteIp",
    "remote",
];
pub(super) const USER: &[&str] = &["remote_user", "user", "http.user", "user_id", "user.name"];
pub(super) const HOST: &[&str] = &[
    "host",
    "http.host",
    "vhost",
    "req.headers.host",
    "req.host",
    "request.host",
    "http_host",
    "server.address",
];
pub(super) const REFERRER: &[&str] = &[
    "referrer",
    "referer",
    "http.referrer",
    "http_referrer",
    "http_referer",
    "req.headers.referer",
    "httpRequest.referer",
    "http.request.referrer",
];
pub(super) const USER_AGENT: &[&str] = &[
    "user_agent",
    "userAgent",
    "http.userAgent",
    "http_user_agent",
    "agent",
    "req.headers.user-agent",
    "user_agent.original",
    "httpRequest.userAgent",
    "request.headers.User-Agent",
];
pub(super) const REQUEST_ID: &[&str] = &[
    "request_id",
    "requestId",
    "http.requestId",
    "req_id",
    "reqId",
    "req.id",
    "request.id",
    "http.request.id",
];
pub(super) const PROTOCOL: &[&str] = &[
    "protocol",
    "proto",
    "http.protocol",
    "server_protocol",
    "request.proto",
    "httpRequest.protocol",
];

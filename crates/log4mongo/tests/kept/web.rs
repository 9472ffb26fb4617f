use crate::home::{Home, only, show, text, trace};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use http_body_util::BodyExt;
use log4mongo::{Cause, ClientAddr, Log4Mongo, OnPanic, RemoteUser, RequestId};
use std::convert::Infallible;
use std::net::SocketAddr;
use tower::ServiceExt;

const ACCESS: &str = "access-log";
const ERROR: &str = "error-log";

fn app(log: &Log4Mongo) -> Router {
    Router::new()
        .route("/", get(|| async { "Hello, world!" }))
        .route("/id", get(|request: Request<Body>| async move { id_of(&request) }))
        .route("/user", get(logged_in))
        .route("/fail", get(fail))
        .route("/panic", get(panic))
        .route("/stream", get(stream))
        .layer(log.error_log())
        .layer(log.access_log().client(ClientAddr::Peer))
}

fn id_of(request: &Request<Body>) -> String {
    request.extensions().get::<RequestId>().unwrap().0.clone()
}

async fn logged_in() -> Response<Body> {
    let mut response = "hi".into_response();
    response.extensions_mut().insert(RemoteUser("ada".to_owned()));
    response
}

async fn fail() -> Response<Body> {
    let mut response = StatusCode::BAD_GATEWAY.into_response();
    let error = "x".parse::<u8>().unwrap_err();
    response.extensions_mut().insert(Cause::new(error));
    response
}

async fn panic() -> &'static str {
    panic!("the cart is on fire")
}

/// Three frames of five bytes.
async fn stream() -> Body {
    let mut frames = ["one..", "two..", "three"].into_iter();
    let next = move || {
        frames.next().map(|text| Ok::<_, Infallible>(http_body::Frame::data(Bytes::from(text))))
    };
    Body::new(Frames(next))
}

struct Frames<F>(F);

impl<F> http_body::Body for Frames<F>
where
    F: FnMut() -> Option<Result<http_body::Frame<Bytes>, Infallible>> + Unpin,
{
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        std::task::Poll::Ready((self.0)())
    }
}

fn request(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

/// Answers the request and reads the answer to its end.
#[tokio::main(flavor = "current_thread")]
async fn answer(app: Router, request: Request<Body>) -> (StatusCode, String, Option<String>) {
    let response = app.oneshot(request).await.unwrap();
    let id = response.headers().get("x-request-id").map(|id| id.to_str().unwrap().to_owned());
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap(), id)
}

#[test]
fn a_request_becomes_an_access_record() {
    let home = Home::new();
    let mut get = Request::get("/?cart=7").body(Body::empty()).unwrap();
    for (name, value) in [
        ("host", "shop.example"),
        ("user-agent", "curl/8.5"),
        ("referer", "https://shop.example/"),
        ("x-request-id", "abc-123"),
        ("x-forwarded-for", "6.6.6.6"),
    ] {
        get.headers_mut().insert(name, value.parse().unwrap());
    }
    let peer: SocketAddr = "10.0.0.1:4711".parse().unwrap();
    get.extensions_mut().insert(peer);
    let (status, body, id) = home.log(|log| answer(app(log), get));
    assert_eq!(
        (status.as_u16(), body.as_str(), id.as_deref()),
        (200, "Hello, world!", Some("abc-123"))
    );

    let kept = home.records(ACCESS);
    let record = only(&kept);
    let names =
        ["method", "path", "query", "status", "bytes", "remoteAddr", "user", "host", "referrer"];
    let names = names.map(|name| format!("http.{name}"));
    assert_eq!(
        show(record, &names.each_ref().map(String::as_str)),
        r#"http.method="GET" http.path="/" http.query="cart=7" http.status=200 http.bytes={"$numberLong":"13"} http.remoteAddr="10.0.0.1" http.user=? http.host="shop.example" http.referrer="https://shop.example/""#
    );
    assert_eq!(
        show(
            record,
            &["level", "fwd", "http.userAgent", "http.requestId", "http.protocol", "aborted"]
        ),
        r#"level="INFO" fwd="6.6.6.6" http.userAgent="curl/8.5" http.requestId="abc-123" http.protocol="HTTP/1.1" aborted=?"#
    );
    let line = text(record, "message");
    assert!(line.starts_with("10.0.0.1 - - ["), "{line}");
    let rest = r#"] "GET /?cart=7 HTTP/1.1" 200 13 "https://shop.example/" "curl/8.5""#;
    assert!(line.ends_with(rest), "{line}");
}

#[test]
fn a_request_without_an_id_gets_one_and_hears_of_it() {
    let home = Home::new();
    let (_, body, told) = home.log(|log| answer(app(log), request("/id")));
    let kept = home.records(ACCESS);
    assert_eq!(Some(text(only(&kept), "http.requestId")), told.as_deref());
    assert_eq!(told, Some(body));
}

#[test]
fn the_user_and_what_is_not_found_are_told() {
    let home = Home::new();
    home.log(|log| {
        answer(app(log), request("/user"));
        answer(app(log), request("/nothing"));
    });
    let kept = home.records(ACCESS);
    assert_eq!(
        kept.iter()
            .map(|r| show(r.as_document(), &["http.user", "http.status"]))
            .collect::<Vec<_>>(),
        [r#"http.user="ada" http.status=200"#, "http.user=? http.status=404"]
    );
    assert_eq!(home.records(ERROR), [], "a 404 is no error of the server");
}

#[test]
fn a_failure_tells_its_cause() {
    let home = Home::new();
    let (status, ..) = home.log(|log| answer(app(log), request("/fail")));
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    let failed = home.records(ERROR);
    let failed = only(&failed);
    assert_eq!(
        show(failed, &["level", "message", "http.status", "exception.message", "exception.type"]),
        r#"level="ERROR" message="GET /fail failed with 502: invalid digit found in string" http.status=502 exception.message="invalid digit found in string" exception.type="ParseIntError""#
    );
    let access = home.records(ACCESS);
    assert_eq!(
        text(only(&access), "http.requestId"),
        text(failed, "http.requestId"),
        "both logs tell the same id"
    );
}

#[test]
fn a_panic_is_answered_and_kept_with_its_stack() {
    let home = Home::new();
    let (status, body, _) = home.log(|log| answer(app(log), request("/panic")));
    assert_eq!((status.as_u16(), body.as_str()), (500, "Internal Server Error\n"));
    let kept = home.records(ERROR);
    let record = only(&kept);
    assert_eq!(
        show(record, &["level", "message", "http.status", "exception.type", "exception.message"]),
        r#"level="ERROR" message="GET /panic panicked: the cart is on fire" http.status=500 exception.type="panic" exception.message="the cart is on fire""#
    );
    let trace = text(record, "exception.stackTrace");
    assert!(trace.contains("web.rs") && trace.contains("stack backtrace:"), "{trace}");
    assert!(text(record, "fileName").ends_with("web.rs"));
    assert_eq!(show(only(&home.records(ACCESS)), &["http.status"]), "http.status=500");
}

#[test]
fn a_panic_goes_on_where_that_is_asked_for() {
    let home = Home::new();
    home.log(|log| {
        let app = Router::new()
            .route("/panic", get(panic))
            .layer(log.error_log().on_panic(OnPanic::Resume))
            .layer(log.access_log());
        let answered = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            answer(app, request("/panic"))
        }));
        assert!(answered.is_err());
    });
    assert_eq!(text(only(&home.records(ERROR)), "exception.type"), "panic");
    assert_eq!(show(only(&home.records(ACCESS)), &["http.status"]), "http.status=500");
}

#[test]
fn a_stream_is_recorded_with_what_was_sent() {
    let home = Home::new();
    home.log(|log| {
        answer(app(log), request("/stream"));
        half_read(app(log));
        never_answered(log);
    });
    let kept = home.records(ACCESS);
    assert_eq!(
        kept.iter()
            .map(|r| show(r.as_document(), &["http.status", "http.bytes", "aborted"]))
            .collect::<Vec<_>>(),
        [
            r#"http.status=200 http.bytes={"$numberLong":"15"} aborted=?"#,
            r#"http.status=200 http.bytes={"$numberLong":"5"} aborted=true"#,
            r#"http.status=499 http.bytes={"$numberLong":"0"} aborted=true"#,
        ]
    );
}

/// The client leaves after the first frame.
#[tokio::main(flavor = "current_thread")]
async fn half_read(app: Router) {
    let mut body = app.oneshot(request("/stream")).await.unwrap().into_body();
    body.frame().await.unwrap().unwrap();
}

/// The client leaves before there is an answer.
#[tokio::main(flavor = "current_thread")]
async fn never_answered(log: &Log4Mongo) {
    let app =
        Router::new().route("/never", get(std::future::pending::<&str>)).layer(log.access_log());
    let soon = std::time::Duration::from_millis(1);
    assert!(tokio::time::timeout(soon, app.oneshot(request("/never"))).await.is_err());
}

#[test]
fn a_server_tells_of_itself() {
    let home = Home::new();
    home.log(|log| {
        log.server().starting("shop 1.0");
        log.server().listening_at("http://0.0.0.0:5000");
        log.server().failed("too many open files");
        log.server().shutting_down("SIGTERM");
    });
    let kept = home.records(ERROR);
    assert_eq!(
        kept.iter().map(|r| show(r.as_document(), &["level", "message"])).collect::<Vec<_>>(),
        [
            r#"level="INFO" message="Starting shop 1.0""#,
            r#"level="INFO" message="Listening at: http://0.0.0.0:5000""#,
            r#"level="ERROR" message="too many open files""#,
            r#"level="INFO" message="Shutting down: SIGTERM""#,
        ]
    );
}

#[test]
fn events_of_a_handler_are_kept_beside_its_request() {
    let home = Home::new();
    home.log(|log| {
        let app = Router::new()
            .route("/", get(|| async { tracing::debug!("This is an application log message") }))
            .layer(log.access_log());
        trace(log, || answer(app, request("/")));
    });
    let kept = home.records("application-log");
    assert_eq!(text(only(&kept), "message"), "This is an application log message");
    assert_eq!(home.records(ACCESS).len(), 1);
}

use crate::Log4Mongo;
use crate::channel::Kind;
use crate::fields::exception_of;
use crate::level::Level;
use crate::panics::{self, Panic};
use crate::tower::answer::AnswerBody;
use crate::tower::request::{RequestReader, Seen};
use http::{Request, Response, StatusCode};
use http_body::Body;
use pin_project_lite::pin_project;
use std::any::Any;
use std::error::Error;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tower_layer::Layer;
use tower_service::Service;
use woodpile_record::{Entry, Exception, Http};

/// Why a request failed: put it into the response's extensions, and the error log tells it with all its causes.
#[derive(Debug, Clone)]
pub struct Cause(Arc<dyn Error + Send + Sync>);

impl Cause {
    /// Takes the error.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(Arc::from(error.into()))
    }
}

/// What follows a panic, once it is in the error log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnPanic {
    /// The client gets a 500.
    #[default]
    Answer500,
    /// The panic goes on as if nobody had looked.
    Resume,
}

/// Writes an error record for every panic and every answer from 500 up: see [`Log4Mongo::error_log`].
#[derive(Debug, Clone)]
pub struct ErrorLogLayer {
    log: Log4Mongo,
    on_panic: OnPanic,
}

impl ErrorLogLayer {
    pub(crate) fn new(log: Log4Mongo) -> Self {
        Self { log, on_panic: OnPanic::default() }
    }

    /// What follows a panic; without it, an answer of 500.
    #[must_use]
    pub fn on_panic(mut self, then: OnPanic) -> Self {
        self.on_panic = then;
        self
    }
}

impl<S> Layer<S> for ErrorLogLayer {
    type Service = ErrorLog<S>;

    fn layer(&self, inner: S) -> ErrorLog<S> {
        ErrorLog { inner, layer: self.clone() }
    }
}

/// A service whose failures are recorded.
#[derive(Debug, Clone)]
pub struct ErrorLog<S> {
    inner: S,
    layer: ErrorLogLayer,
}

impl<S, B, R> Service<Request<B>> for ErrorLog<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Body,
    R::Data: From<&'static str>,
{
    type Response = Response<AnswerBody<R>>;
    type Error = S::Error;
    type Future = ErrorLogFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let failures = Failures::of(&self.layer, &request);
        let (inner, panicked) = match panics::catch(|| self.inner.call(request)) {
            Ok(inner) => (Some(inner), None),
            Err(panicked) => (None, Some(panicked)),
        };
        ErrorLogFuture { inner, panicked, failures }
    }
}

type Panicked = (Panic, Box<dyn Any + Send>);

pin_project! {
    /// The answer to come.
    pub struct ErrorLogFuture<F> {
        #[pin]
        inner: Option<F>,
        panicked: Option<Panicked>,
        failures: Failures,
    }
}

impl<F> std::fmt::Debug for ErrorLogFuture<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ErrorLogFuture").field("failures", &self.failures).finish_non_exhaustive()
    }
}

impl<F, R, E> Future for ErrorLogFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: Body,
    R::Data: From<&'static str>,
{
    type Output = Result<Response<AnswerBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Some(panicked) = this.panicked.take() {
            return Poll::Ready(Ok(this.failures.panicked(panicked)));
        }
        let Some(inner) = this.inner.as_pin_mut() else { return Poll::Pending };
        match panics::catch(|| inner.poll(context)) {
            Err(panicked) => Poll::Ready(Ok(this.failures.panicked(panicked))),
            Ok(answer) => {
                let answer = ready!(answer);
                if let Ok(response) = &answer {
                    this.failures.answered(response);
                }
                Poll::Ready(answer.map(|response| response.map(AnswerBody::of_service)))
            }
        }
    }
}

/// What to write should the request fail.
#[derive(Debug)]
struct Failures {
    log: Log4Mongo,
    seen: Arc<Seen>,
    on_panic: OnPanic,
}

impl Failures {
    /// Reads the request, unless an access log around this one has done so.
    fn of<B>(layer: &ErrorLogLayer, request: &Request<B>) -> Self {
        let log = layer.log.clone();
        let seen = request.extensions().get::<Arc<Seen>>().cloned().unwrap_or_else(|| {
            Arc::new(RequestReader::default().read(request, || log.new_id().to_hex()))
        });
        Self { log, seen, on_panic: layer.on_panic }
    }

    fn panicked<R: Body>(&self, (panic, payload): Panicked) -> Response<AnswerBody<R>>
    where
        R::Data: From<&'static str>,
    {
        let message = format!("{} panicked: {}", self.seen.line(), panic.message);
        let mut entry = self.entry(StatusCode::INTERNAL_SERVER_ERROR, &message);
        panic.fill(&mut entry);
        self.write(entry);
        if self.on_panic == OnPanic::Resume {
            resume_unwind(payload);
        }
        let mut response = Response::new(AnswerBody::of_panic());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    }

    fn answered<R>(&self, response: &Response<R>) {
        let status = response.status();
        if !status.is_server_error() {
            return;
        }
        let cause = response.extensions().get::<Cause>();
        let exception = cause.map(|cause| exception_of(&*cause.0));
        let message = failure_message(&self.seen, status, exception.as_ref());
        let entry = Entry { exception, ..self.entry(status, &message) };
        self.write(entry);
    }

    fn entry<'a>(&'a self, status: StatusCode, message: &'a str) -> Entry<'a> {
        let http = Http { status: Some(i32::from(status.as_u16())), ..self.seen.http() };
        Entry {
            logger_name: Some("http.error".into()),
            message: message.into(),
            http: Some(Box::new(http)),
            ..Entry::default()
        }
    }

    fn write(&self, entry: Entry<'_>) {
        self.log.write(Kind::Error, entry, Level::Error);
    }
}

fn failure_message(seen: &Seen, status: StatusCode, exception: Option<&Exception<'_>>) -> String {
    let what =
        exception.map_or_else(|| status.to_string(), |exception| exception.message.to_string());
    format!("{} failed with {}: {what}", seen.line(), status.as_u16())
}

//! Errors: as a document of their own, or as a trace beside the message.

use super::key::Slot;
use super::lookup::{Named, member, text_of};
use crate::{own, trace};
use std::borrow::Cow;
use woodpile_record::{Exception, Value};

const KIND: [&str; 5] = ["type", "name", "class", "kind", "exc_type"];
const MESSAGE: [&str; 4] = ["message", "msg", "exc_value", "exc_message"];
const TRACE: [&str; 6] =
    ["stackTrace", "stack", "stack_trace", "stacktrace", "backtrace", "traceback"];

/// Takes the error; a document that says more than an exception holds stays as well.
pub(super) fn take<'a>(named: &mut Named<'a>) -> Option<Exception<'a>> {
    if let Some((position, exception, exact)) = document(named) {
        if exact {
            named.take(position);
        }
        return Some(exception);
    }
    beside_the_message(named)
}

fn document<'a>(named: &Named<'a>) -> Option<(usize, Exception<'a>, bool)> {
    named.values(Slot::Error).find_map(|(position, value)| {
        let Value::Document(fields) = value else { return None };
        let first =
            |names: &[&str]| names.iter().find_map(|name| member(value, name).and_then(text_of));
        let code = match member(value, "code") {
            Some(Value::Int(code)) => i32::try_from(*code).ok(),
            _ => None,
        };
        let exception = Exception {
            kind: first(&KIND),
            message: first(&MESSAGE).unwrap_or_default(),
            code: code.unwrap_or(0),
            stack_trace: first(&TRACE),
        };
        let held = usize::from(exception.kind.is_some())
            + usize::from(first(&MESSAGE).is_some())
            + usize::from(code.is_some())
            + usize::from(exception.stack_trace.is_some());
        let says_something = held > usize::from(code.is_some());
        says_something.then_some((position, exception, held == fields.len()))
    })
}

/// A trace in a field of its own (`stack_trace`, `exc_info`, …); what was raised is in another field or in the
/// trace itself.
fn beside_the_message<'a>(named: &mut Named<'a>) -> Option<Exception<'a>> {
    let trace = named.text(Slot::Trace).or_else(|| trace_as_error(named));
    let kind = named.text(Slot::ErrorKind);
    let message = named.text(Slot::ErrorMessage);
    let Some(trace) = trace else {
        (kind.is_some() || message.is_some()).then_some(())?;
        let message = message.unwrap_or_default();
        return Some(Exception { kind, message, ..Exception::default() });
    };
    let raised = match &trace {
        Cow::Borrowed(trace) => trace::exception(trace),
        Cow::Owned(trace) => own::exception(trace::exception(trace)),
    };
    Some(Exception {
        kind: kind.or(raised.kind),
        message: message.or_else(|| named.peek_text(Slot::Error)).unwrap_or(raised.message),
        code: 0,
        stack_trace: Some(trace),
    })
}

/// structlog and python-json-logger put the trace into `exception` itself.
fn trace_as_error<'a>(named: &mut Named<'a>) -> Option<Cow<'a, str>> {
    let text = named.peek_text(Slot::Error)?;
    if text.contains('\n') { named.text(Slot::Error) } else { None }
}

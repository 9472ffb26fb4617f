//! Panics: what the hook sees at the place of the panic, kept for whoever catches it or written at once.

use crate::channel::Kind;
use crate::level::Level;
use crate::origin::ThreadOrigin;
use crate::{Log4Mongo, backtrace};
use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Once, OnceLock};
use woodpile_record::{Entry, Exception};

/// A panic, as an exception with its place.
#[derive(Debug)]
pub(crate) struct Panic {
    pub(crate) message: String,
    /// As a panicking program prints it, with the stack.
    pub(crate) trace: String,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<i64>,
}

thread_local! {
    /// How many callers on this thread's stack will catch a panic.
    static CATCHERS: Cell<usize> = const { Cell::new(0) };
    static LAST: RefCell<Option<Panic>> = const { RefCell::new(None) };
}

/// Whose error log a panic goes to that nobody here catches.
static REPORTER: OnceLock<Log4Mongo> = OnceLock::new();

/// Calls `f`; a panic within it comes back with its backtrace, and with what it carried.
pub(crate) fn catch<R>(f: impl FnOnce() -> R) -> Result<R, (Panic, Box<dyn Any + Send>)> {
    install_hook();
    CATCHERS.with(|catchers| catchers.set(catchers.get() + 1));
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    CATCHERS.with(|catchers| catchers.set(catchers.get() - 1));
    result.map_err(|payload| {
        let seen = LAST.with_borrow_mut(Option::take);
        (seen.unwrap_or_else(|| Panic::without_trace(payload.as_ref())), payload)
    })
}

/// From now on, panics that nobody here catches are written to the error log, too.
pub(crate) fn report_to(log: Log4Mongo) {
    install_hook();
    let _ = REPORTER.set(log);
}

fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            note(info);
            previous(info);
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) {
    let is_caught = CATCHERS.try_with(Cell::get).is_ok_and(|catchers| catchers > 0);
    if is_caught {
        let panic = Panic::at(info);
        let _ = LAST.try_with(|last| last.replace(Some(panic)));
    } else if let Some(log) = REPORTER.get() {
        Panic::at(info).report(log);
    }
}

impl Panic {
    fn at(info: &PanicHookInfo<'_>) -> Self {
        let message = payload_text(info.payload());
        let place =
            info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let thread = ThreadOrigin::current();
        let backtrace = Backtrace::force_capture().to_string();
        let backtrace = backtrace::of_program(&backtrace);
        let trace = format!(
            "thread '{}' panicked at {place}:\n{message}\nstack backtrace:\n{backtrace}",
            thread.name()
        );
        let file = info.location().map(|location| location.file().to_owned());
        let line = info.location().map(|location| i64::from(location.line()));
        Self { message, trace, file, line }
    }

    /// Of a panic that another hook took from ours.
    fn without_trace(payload: &(dyn Any + Send)) -> Self {
        let message = payload_text(payload);
        Self { trace: message.clone(), message, file: None, line: None }
    }

    pub(crate) fn fill<'a>(&'a self, entry: &mut Entry<'a>) {
        entry.exception = Some(Exception {
            kind: Some("panic".into()),
            message: self.message.as_str().into(),
            code: 0,
            stack_trace: Some(self.trace.as_str().into()),
        });
        entry.file_name = self.file.as_deref().map(Into::into);
        entry.line_number = self.line;
    }

    fn report(&self, log: &Log4Mongo) {
        let origin = ThreadOrigin::current();
        if origin.is_own {
            return;
        }
        let mut entry = Entry {
            logger_name: Some("panic".into()),
            message: format!("panicked: {}", self.message).into(),
            ..Entry::default()
        };
        origin.fill(&mut entry);
        self.fill(&mut entry);
        log.write(Kind::Error, entry, Level::Error);
        if cfg!(panic = "abort") {
            // Nothing runs after this hook: what is not durable now never will be.
            let _ = log.flush();
        }
    }
}

fn payload_text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("a value that is no text").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caught_panic_tells_its_message_place_and_stack() {
        let (panic, payload) = catch(|| panic!("the {} is broken", "cart")).unwrap_err();
        assert_eq!(panic.message, "the cart is broken");
        assert!(panic.file.is_some_and(|file| file.ends_with("panics.rs")));
        assert!(panic.trace.contains("panicked at"), "{}", panic.trace);
        let first_frame = panic.trace.lines().nth(3).unwrap();
        assert!(first_frame.contains("a_caught_panic_tells"), "{}", panic.trace);
        assert_eq!(payload_text(&*payload), "the cart is broken");
    }

    #[test]
    fn what_does_not_panic_comes_back() {
        assert_eq!(catch(|| 7).ok(), Some(7));
    }
}

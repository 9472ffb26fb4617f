//! Where a record comes from, as far as it does not change: found out once, for a process or a thread.

use crate::own::is_own_thread;
use std::rc::Rc;
use std::sync::OnceLock;
use std::thread::ThreadId;
use woodpile_record::Entry;

/// The process that logs.
#[derive(Debug)]
pub(crate) struct ProcessOrigin {
    pub(crate) id: i64,
    pub(crate) hostname: String,
}

impl ProcessOrigin {
    pub(crate) fn get() -> &'static Self {
        static ORIGIN: OnceLock<ProcessOrigin> = OnceLock::new();
        ORIGIN.get_or_init(|| Self {
            id: i64::from(std::process::id()),
            hostname: gethostname::gethostname().to_string_lossy().into_owned(),
        })
    }

    /// Says in the entry which process it comes from.
    pub(crate) fn fill(&'static self, entry: &mut Entry<'_>) {
        entry.process = Some(self.id);
        entry.hostname = Some(self.hostname.as_str().into());
    }
}

/// The thread that logs.
#[derive(Debug)]
pub(crate) struct ThreadOrigin {
    number: i64,
    name: String,
    /// Whether the thread belongs to the machinery that keeps records.
    pub(crate) is_own: bool,
}

impl ThreadOrigin {
    /// The thread that calls.
    pub(crate) fn current() -> Rc<Self> {
        thread_local!(static ORIGIN: Rc<ThreadOrigin> = Rc::new(ThreadOrigin::read()));
        // A thread on its way out has no thread-locals any more, but may still log.
        ORIGIN.try_with(Rc::clone).unwrap_or_else(|_| Rc::new(Self::read()))
    }

    fn read() -> Self {
        let thread = std::thread::current();
        let number = thread_number(thread.id());
        let name = thread.name().map_or_else(|| format!("Thread-{number}"), str::to_owned);
        Self { number, is_own: is_own_thread(&name), name }
    }

    /// Says in the entry which thread it comes from.
    pub(crate) fn fill<'a>(&'a self, entry: &mut Entry<'a>) {
        entry.thread = Some(self.number);
        entry.thread_name = Some(self.name.as_str().into());
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// The number in `ThreadId(7)`: there is no other way to it in stable Rust.
fn thread_number(id: ThreadId) -> i64 {
    let text = format!("{id:?}");
    text.bytes()
        .filter(u8::is_ascii_digit)
        .fold(0, |number: i64, digit| number.wrapping_mul(10).wrapping_add(i64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_tells_its_thread() {
        let thread = std::thread::Builder::new().name("carts".into());
        let check = thread.spawn(|| {
            let origin = ThreadOrigin::current();
            let mut entry = Entry::default();
            origin.fill(&mut entry);
            assert_eq!(entry.thread_name.as_deref(), Some("carts"));
            assert!(entry.thread.is_some_and(|number| number > 1), "{:?}", entry.thread);
            assert!(!origin.is_own);
        });
        check.unwrap().join().unwrap();
    }

    #[test]
    fn a_thread_without_a_name_gets_its_number_as_one() {
        std::thread::spawn(|| {
            let origin = ThreadOrigin::current();
            assert_eq!(origin.name, format!("Thread-{}", origin.number));
        })
        .join()
        .unwrap();
    }
}

//! Work that is shared by threads.

use crate::limits::MAX_THREADS;
use std::cell::Cell;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// How many work at once.
pub(crate) fn count() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(MAX_THREADS)
}

thread_local! {
    /// Whether this thread shares work with others: there is no use in sharing a part of it again.
    static SHARES: Cell<bool> = const { Cell::new(false) };
}

/// What `work` makes of each item, in their order.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    if items.len() < 2 || count() < 2 || SHARES.get() {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take_turns = || {
        let mut made = Vec::new();
        SHARES.set(true);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(number) else { break };
            made.push((number, work(item)));
        }
        SHARES.set(false);
        made
    };
    let mut made = thread::scope(|scope| {
        let others: Vec<_> =
            (1..count().min(items.len())).map(|_| scope.spawn(take_turns)).collect();
        let mut made = take_turns();
        for other in others {
            match other.join() {
                Ok(more) => made.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        made
    });
    made.sort_unstable_by_key(|(number, _)| *number);
    made.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_made_comes_in_the_order_of_the_items() {
        for count in [0, 1, 2, 100] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(super::map(&items, |item| *item), items);
        }
    }
}

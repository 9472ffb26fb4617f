use crate::support::{append, batch, fresh_store, read_all, record};
use std::future::Future;

fn inside<F: Future>(runtime: &mut tokio::runtime::Builder, job: F) -> F::Output {
    runtime.enable_all().build().unwrap().block_on(job)
}

/// The store is made, used and dropped inside of a runtime that is not its own.
#[test]
fn it_works_inside_a_runtime() {
    let Some((_, store)) = fresh_store() else { return };
    inside(&mut tokio::runtime::Builder::new_current_thread(), async move {
        append(&store, &batch((0..10).map(record)));
        tokio::task::yield_now().await;
        assert_eq!(read_all(&store).len(), 10);
        drop(store);
    });
}

#[test]
fn it_may_move_between_threads_and_runtimes() {
    let Some((_, store)) = fresh_store() else { return };
    let store = std::sync::Arc::new(store);
    let writers: Vec<_> = (0..4)
        .map(|writer: u32| {
            let store = store.clone();
            std::thread::spawn(move || {
                for number in 0..20 {
                    append(&store, &batch([record(writer * 100 + number)]));
                }
            })
        })
        .collect();
    for writer in writers {
        writer.join().unwrap();
    }
    inside(&mut tokio::runtime::Builder::new_current_thread(), async {
        assert_eq!(read_all(&store).len(), 80);
    });
}

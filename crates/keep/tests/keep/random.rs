//! Whatever a store does, in whatever order: nothing lost, nothing doubled, order kept.

use crate::support::*;
use proptest::prelude::*;
use std::sync::Mutex;
use std::time::Duration;
use woodpile_keep::{Flushed, Settings, WhenFull};

/// What the store does with its next appends; healthy after that.
#[derive(Debug, Clone, Copy)]
enum Fault {
    None,
    Away,
    LostAnswer,
    Panic,
    /// Takes longer than the keeper's patience.
    Slow,
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::None),
        3 => Just(Fault::Away),
        2 => Just(Fault::LostAnswer),
        1 => Just(Fault::Panic),
        2 => Just(Fault::Slow),
    ]
}

const PATIENCE: Duration = Duration::from_millis(2);

fn follow(script: Vec<Fault>) -> impl Fn(&[(&str, &woodpile_record::Batch)]) -> Verdict {
    let script = Mutex::new(script.into_iter());
    move |_| {
        let fault = script.lock().unwrap().next();
        match fault.unwrap_or(Fault::None) {
            Fault::None => Verdict::Do,
            Fault::Away => Verdict::Fail(unavailable()),
            Fault::LostAnswer => Verdict::LoseAnswer,
            Fault::Panic => Verdict::Panic,
            Fault::Slow => {
                std::thread::sleep(PATIENCE * 2);
                Verdict::Do
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_or_doubled_and_order_is_kept(
        script in proptest::collection::vec(fault(), 0..30),
        spool_bytes in prop_oneof![Just(None), Just(Some(2_000)), Just(Some(u64::MAX))],
        batch_records in 1_usize..40,
        flush_every in 1_u64..100,
    ) {
        let store = FaultyStore::new(follow(script));
        let spool = spool_bytes.map(LastingSpool::new);
        let settings = Settings {
            queue_records: 50,
            batch_records,
            when_full: WhenFull::Block,
            patience: PATIENCE,
            ..quick()
        };
        let boxed = spool.as_ref().map(LastingSpool::boxed);
        let (keeper, _) = start(connect_to(&store), boxed, settings);
        let senders = ["a", "b"].map(|name| keeper.sender(name));
        for n in 0..300 {
            senders[usize::from(n % 3 == 0)].send(record(n)).unwrap();
            if n % flush_every == 0 {
                prop_assert!(keeper.flush(LONG).is_ok());
            }
        }
        while keeper.flush(LONG) != Ok(Flushed::Stored) {}
        let counters = keeper.close(LONG).unwrap();
        assert_balanced(&counters);
        prop_assert_eq!((counters.sent, counters.stored), (300, 300));
        let (of_b, of_a) = numbers(0..300).into_iter().partition::<Vec<_>, _>(|n| {
            n.parse::<u64>().unwrap() % 3 == 0
        });
        prop_assert_eq!(store.messages("a"), of_a);
        prop_assert_eq!(store.messages("b"), of_b);
    }
}

//! Records on their way into batches.

#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

use woodpile_decode::limits::MAX_COLLECTIONS;
use woodpile_decode::{Batches, Body, Decoded, Misplaced, Origin, Sheaf, check_name};
use woodpile_line::Route;
use woodpile_record::{Entry, EventTime, IdSource, ObjectId};

const NOW: EventTime = EventTime::from_millis(1_795_334_400_000);

fn entry(message: &str) -> Entry<'_> {
    Entry { message: message.into(), ..Entry::default() }
}

/// The batches of some records from `origin`.
fn gathered(origin: Origin<'_>, records: Vec<Decoded<'_>>) -> Batches {
    let ids = IdSource::new([7; 5]);
    let mut sheaf = Sheaf::new(origin, NOW, &ids);
    for record in records {
        sheaf.add(record).unwrap();
    }
    sheaf.into_batches()
}

#[test]
fn a_record_goes_where_the_nearest_says() {
    let named =
        Origin { collection: Some("asked"), default_collection: Some("own"), ..Origin::default() };
    let sender = Origin { default_collection: Some("own"), ..Origin::default() };
    for (origin, own, expected) in [
        (named, Some("mine"), "mine"),
        (named, None, "asked"),
        (sender, None, "own"),
        (Origin::default(), None, "access-log"),
    ] {
        let decoded = Decoded {
            collection: own.map(Into::into),
            ..Decoded::entry(entry("a"), Route::Access)
        };
        let batches = gathered(origin, vec![decoded]);
        assert_eq!(&*batches.fresh[0].0, expected);
        assert_eq!((batches.len(), batches.brought.len()), (1, 0));
    }
}

#[test]
fn what_a_record_says_itself_is_not_overwritten() {
    let tags = ["web".to_owned(), "prod".to_owned()];
    let origin =
        Origin { app: Some("shop"), hostname: Some("h1"), tags: &tags, ..Origin::default() };
    let own = Entry { app: Some("cart".into()), tags: vec!["prod".into()], ..entry("a") };
    let batches = gathered(origin, vec![Decoded::entry(own, Route::Application)]);
    let record = batches.fresh[0].1.get(0).unwrap();
    assert_eq!(record.get_str("app").unwrap(), "cart");
    assert_eq!(record.get_str("hostname").unwrap(), "h1");
    let tags: Vec<_> = record
        .get_array("tags")
        .unwrap()
        .into_iter()
        .map(|tag| tag.unwrap().as_str().unwrap().to_owned())
        .collect();
    assert_eq!(tags, ["prod", "web"]);
}

#[test]
fn records_with_an_id_are_brought_and_others_fresh() {
    let id = ObjectId::from_bytes([3; 12]);
    let document = entry("exported").encode(id, NOW);
    let with_id = Body::Entry { entry: entry("a"), route: Route::Application, id: Some(id) };
    let batches = gathered(
        Origin::default(),
        vec![
            Decoded { collection: None, body: with_id },
            Decoded { collection: None, body: Body::Document(document.as_document()) },
            Decoded::entry(entry("b"), Route::Application),
        ],
    );
    assert_eq!((batches.brought[0].1.len(), batches.fresh[0].1.len()), (2, 1));
    assert_eq!(batches.brought[0].1.get(1), Some(document.as_document()));
    assert!(batches.bytes() > document.as_document().as_bytes().len());
}

#[test]
fn names_that_are_not_for_records_are_refused() {
    for name in ["application-log", "shop.orders", "röd", "a b"] {
        assert_eq!(check_name(name), Ok(()), "{name}");
    }
    for (name, expected) in [
        ("", "names no collection"),
        ("a$b", "names no collection"),
        ("a\nb", "names no collection"),
        (&*"é".repeat(40), "1 to 64 bytes"),
        ("woodpile", "is not for records"),
        ("system.users", "is not for records"),
        ("access-log.blocks", "is not for records"),
    ] {
        let refused = check_name(name).unwrap_err().to_string();
        assert!(refused.contains(expected), "{name}: {refused}");
    }
}

#[test]
fn a_request_may_name_so_many_collections() {
    let ids = IdSource::new([7; 5]);
    let mut sheaf = Sheaf::new(Origin::default(), NOW, &ids);
    let named = |number: usize| Decoded {
        collection: Some(format!("c{number}").into()),
        ..Decoded::entry(entry("a"), Route::Application)
    };
    for number in 0..MAX_COLLECTIONS {
        assert_eq!(sheaf.add(named(number)), Ok(()));
    }
    assert_eq!(sheaf.add(named(MAX_COLLECTIONS)), Err(Misplaced::TooMany));
    assert_eq!(sheaf.add(named(0)), Ok(()));
    assert_eq!(sheaf.into_batches().len(), MAX_COLLECTIONS + 1);
}

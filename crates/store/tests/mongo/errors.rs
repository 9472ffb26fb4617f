use crate::support::{batch, record};
use std::net::TcpListener;
use woodpile_store::{Identity, MongoStore, Store, StoreError};
use woodpile_test_support::{Ferret, Login};

const SHOP: Login<'static> = Login { database: "shop", user: "keeper", password: "p@ss/w:rd?%" };

fn uri(address: &str, user_info: &str, path: &str) -> String {
    format!("mongodb://{user_info}@{address}/{path}")
}

fn append(uri: &str) -> Result<u64, StoreError> {
    let store = MongoStore::new(uri).unwrap();
    let sent = batch((0..3).map(record));
    store.append(&[("log", &sent)], Identity::Fresh).map(|appended| appended.added)
}

#[test]
fn a_user_of_the_paths_database_is_let_in() {
    let Some(ferret) = Ferret::start_with(SHOP) else { return };
    let keeper = "keeper:p%40ss%2Fw%3Ard%3F%25";
    for (path, added) in
        [("shop", 3), ("shop?authMechanism=SCRAM-SHA-256", 0), ("other?authSource=shop", 3)]
    {
        assert_eq!(append(&uri(ferret.address(), keeper, path)), Ok(added), "{path}");
    }
}

#[test]
fn others_are_told_who_they_are_and_no_secret() {
    let Some(ferret) = Ferret::start_with(SHOP) else { return };
    for (user_info, path, named) in [
        ("keeper:wrongsecret", "shop", "user keeper of database shop"),
        ("nobody:wrongsecret", "shop", "user nobody of database shop"),
        ("keeper:p%40ss%2Fw%3Ard%3F%25", "shop?authSource=admin", "user keeper of database admin"),
    ] {
        let error = append(&uri(ferret.address(), user_info, path)).unwrap_err();
        assert!(matches!(error, StoreError::Unauthorized { .. }), "{error}");
        let shown = error.to_string();
        assert!(shown.contains(named) && shown.contains(ferret.address()), "{shown}");
        assert!(!shown.contains("wrongsecret") && !shown.contains("p@ss"), "{shown}");
    }
    let error = append(&format!("mongodb://{}/shop", ferret.address())).unwrap_err();
    assert!(matches!(error, StoreError::Unauthorized { .. }), "{error}");
    assert!(error.to_string().contains("names no user"), "{error}");
}

#[test]
fn a_refused_port_is_named_with_the_reason() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let error =
        append(&format!("mongodb://{address}/db?serverSelectionTimeoutMS=300")).unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    let shown = error.to_string();
    assert!(shown.contains(&address) && shown.contains("refused"), "{shown}");
    assert!(!shown.contains("labels"), "without the driver's internals: {shown}");
}

#[test]
fn a_host_that_does_not_exist_is_named() {
    for uri in [
        "mongodb://nowhere.invalid/db?serverSelectionTimeoutMS=2000",
        "mongodb+srv://nowhere.invalid.example/db?connectTimeoutMS=2000",
    ] {
        let error = append(uri).unwrap_err();
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        assert!(error.to_string().contains("nowhere.invalid"), "{error}");
    }
}

#[test]
fn a_server_without_tls_is_no_riddle() {
    let Some(ferret) = Ferret::start() else { return };
    let options = "tls=true&serverSelectionTimeoutMS=1000";
    let error = append(&format!("mongodb://{}/db?{options}", ferret.address())).unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    assert!(error.to_string().contains(ferret.address()), "{error}");
}

#[test]
fn a_certificate_file_that_is_not_there_is_named() {
    let error = append("mongodb://127.0.0.1:1/db?tls=true&tlsCAFile=/nowhere/ca.pem").unwrap_err();
    assert!(error.to_string().contains("/nowhere/ca.pem"), "{error}");
}

#[test]
fn to_name_a_database_asks_nothing_of_the_network() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let store = MongoStore::new(&format!("mongodb://me:secret@{address}/db?appName=x")).unwrap();
    assert_eq!(store.location(), format!("mongodb://me:***@{address}/db?appName=x"));
    drop(store);
    let nobody = listener.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

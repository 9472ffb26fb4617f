//! What columns say is what the records say.

use crate::support::{access, batch, documents};
use bson::{Bson, Document};
use proptest::prelude::*;
use std::sync::Arc;
use woodpile_block::{Block, ColumnInfo, Effort, Layout, Rows, Selection, Value, pack};
use woodpile_record::Batch;

type Opened = Arc<Block<Vec<u8>>>;

fn open(records: &Batch) -> Opened {
    let packed = pack(records, Effort::Quick).expect("a block");
    Arc::new(Block::open(packed.bytes).expect("a block"))
}

/// The value as the records have it, as text.
fn shown(bson_type: u8, value: Value<'_>) -> String {
    match value {
        Value::Int(number) => match bson_type {
            0x08 => Bson::Boolean(number == 1).to_string(),
            0x09 => bson::DateTime::from_millis(number).to_string(),
            0x11 => format!("{:?}", (number.cast_unsigned() >> 32, number as u32)),
            _ => number.to_string(),
        },
        Value::Double(number) => format!("{:016x}", number.to_bits()),
        Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
        Value::Id(id) => bson::oid::ObjectId::from_bytes(id).to_string(),
        Value::Nothing => format!("{bson_type:02x}"),
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// The same of a BSON value; `None` for what is no leaf, or is kept as bytes.
fn expected(value: &Bson) -> Option<String> {
    Some(match value {
        Bson::Int32(number) => number.to_string(),
        Bson::Int64(number) => number.to_string(),
        Bson::Double(number) => format!("{:016x}", number.to_bits()),
        Bson::Boolean(_) => value.to_string(),
        Bson::DateTime(date) => date.to_string(),
        Bson::String(text) => text.clone(),
        Bson::ObjectId(id) => id.to_string(),
        Bson::Timestamp(stamp) => format!("{:?}", (stamp.time, stamp.increment)),
        Bson::Null => "0a".to_owned(),
        Bson::MaxKey => "7f".to_owned(),
        _ => return None,
    })
}

/// Each row's values at all paths, as the columns say.
fn scanned(block: &Opened) -> Vec<Vec<(String, String)>> {
    let mut found = Vec::new();
    for group in 0..block.groups().len() {
        let rows = Rows::new(Arc::clone(block), group).expect("a group");
        let mut records = vec![Vec::new(); rows.len()];
        for column in block.columns() {
            for (row, value) in column_values(&rows, &column) {
                records[row].push((column.path.clone(), value));
            }
        }
        found.append(&mut records);
    }
    for record in &mut found {
        record.sort();
    }
    found
}

fn column_values(rows: &Rows<Vec<u8>>, column: &ColumnInfo) -> Vec<(usize, String)> {
    let (block, number) = (rows.block(), column.number);
    let show = |value| shown(column.bson_type, value);
    match column.layout {
        Layout::Plain | Layout::Nothing => {
            let plain = rows.plain(number).expect("no damage").expect("values");
            plain.rows().zip(plain.values().iter().map(show)).collect()
        }
        Layout::Dictionary => {
            let places = block.places(number).expect("no damage").expect("places");
            let values = block.values(number).expect("no damage").expect("values");
            let names = rows.names(places.unit).expect("no damage");
            let place = |row| Some((row, places.get(names.get(row)?)?));
            let found = (0..rows.len()).filter_map(place);
            found.map(|(row, place)| (row, show(values.get(place).expect("a value")))).collect()
        }
        Layout::Templates => {
            let texts = rows.texts(number, &Selection::all(rows.len())).expect("no damage");
            texts.expect("texts").iter().map(|(row, text)| (row, show(Value::Text(text)))).collect()
        }
    }
}

/// Each record's leaves with their paths, where they are not kept as bytes.
fn leaves(records: &[Document]) -> Vec<Vec<(String, String)>> {
    fn walk(path: &str, value: &Bson, found: &mut Vec<(String, String)>) {
        let inner = |key: &str| format!("{path}.{key}");
        match value {
            Bson::Document(document) => {
                document.iter().for_each(|(key, value)| walk(&inner(key), value, found));
            }
            Bson::Array(values) if values.len() <= 16 => {
                values
                    .iter()
                    .enumerate()
                    .for_each(|(at, value)| walk(&inner(&at.to_string()), value, found));
            }
            value => found.extend(expected(value).map(|text| (path[1..].to_owned(), text))),
        }
    }
    let of = |record: &Document| {
        let mut found = Vec::new();
        record.iter().for_each(|(key, value)| walk(&format!(".{key}"), value, &mut found));
        found.sort();
        found
    };
    records.iter().map(of).collect()
}

fn check_columns(records: &[Document]) {
    let block = open(&batch(records));
    let is_blob = |value: &str| value.ends_with(" bytes");
    let mut found = scanned(&block);
    for record in &mut found {
        record.retain(|(_, value)| !is_blob(value));
    }
    assert_eq!(found, leaves(records));
}

#[test]
fn columns_say_what_access_records_say() {
    check_columns(&(0..600).map(access).collect::<Vec<_>>());
}

fn check_picked(records: &[Document], is_picked: impl Fn(usize) -> bool) {
    let all = batch(records);
    let block = open(&all);
    let mut start = 0;
    for group in 0..block.groups().len() {
        let rows = Rows::new(Arc::clone(&block), group).expect("a group");
        let selected = Selection::of(rows.len(), |row| is_picked(start + row));
        let expected: Batch = selected.iter().filter_map(|row| all.get(start + row)).collect();
        assert_eq!(rows.unpack(&selected).expect("records"), expected);
        let times: Vec<i64> = (start..start + rows.len())
            .filter_map(|row| all.get(row).map(woodpile_record::event_time))
            .collect();
        assert_eq!(*rows.times().expect("times"), times);
        start += rows.len();
    }
}

#[test]
fn chosen_rows_of_every_group_come_back() {
    let records: Vec<Document> = (0..17_000).map(access).collect();
    check_picked(&records, |row| row % 1_000 == 7);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn columns_say_what_records_say(documents in documents()) {
        check_columns(&documents);
    }

    #[test]
    fn any_chosen_rows_come_back(documents in documents(), picked: [bool; 64]) {
        check_picked(&documents, |row| picked[row % 64]);
    }
}

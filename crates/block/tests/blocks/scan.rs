//! What columns say is what the records say.

use crate::support::{access, batch, conversation, documents, free_text};
use bson::{Bson, Document, doc};
use proptest::prelude::*;
use std::sync::Arc;
use woodpile_block::{
    Block, ColumnInfo, Effort, Layout, Range, Rows, Selection, Value, pack, tokens,
};
use woodpile_record::Batch;

/// The BSON type of texts.
const TEXT: u8 = 0x02;

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

#[test]
fn columns_say_what_stands_under_another_name() {
    let records: Vec<Document> = (0..800).map(conversation).collect();
    check_columns(&records);
    check_filter(&open(&batch(&records)));
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

/// The filter knows all tokens of the columns that it covers, but for those that begin with a digit; tells how many
/// columns these are.
fn check_filter(block: &Opened) -> usize {
    let filter = block.filter().expect("no damage").expect("a filter");
    let mut covered = 0;
    let is_covered = |column: &ColumnInfo| column.bson_type == TEXT && filter.covers(column.number);
    for column in block.columns().filter(is_covered) {
        covered += 1;
        for group in 0..block.groups().len() {
            let rows = Rows::new(Arc::clone(block), group).expect("a group");
            for (_, text) in column_values(&rows, &column) {
                tokens(text.as_bytes(), |token| assert!(filter.may_hold(token), "{token}"));
            }
        }
    }
    covered
}

/// The summary counts what is there.
fn check_summary(block: &Opened) {
    let summary = block.summary().expect("no damage").expect("a summary");
    for column in block.columns() {
        let told = summary.column(column.number).expect("a column");
        let mut found = Vec::new();
        let mut sums = Vec::new();
        for group in 0..block.groups().len() {
            let rows = Rows::new(Arc::clone(block), group).expect("a group");
            found.extend(column_values(&rows, &column));
            if let Some(places) = block.places(column.number).expect("no damage") {
                rows.tally(places.unit, &Selection::all(rows.len()), &mut sums).expect("no damage");
            }
        }
        assert_eq!(told.values, found.len() as u64);
        if let Some(tallies) = &told.tallies {
            let places = block.places(column.number).expect("no damage").expect("places");
            let mut counted = places.sum(&sums);
            counted.pop();
            counted.resize(tallies.len(), 0);
            assert_eq!(*tallies, counted, "{}", column.path);
        }
        if let (0x10 | 0x12, Some(Range::Ints { least, most })) = (column.bson_type, told.range) {
            let numbers =
                || found.iter().map(|(_, number)| number.parse::<i64>().expect("a number"));
            assert_eq!((Some(least), Some(most)), (numbers().min(), numbers().max()));
        }
    }
}

#[test]
fn the_summary_counts_what_is_there() {
    let block = open(&batch(&(0..2_000).map(access).collect::<Vec<_>>()));
    check_summary(&block);
    let summary = block.summary().expect("no damage").expect("a summary");
    let status = block.columns().find(|column| column.path == "http.status").expect("a column");
    let status = summary.column(status.number).expect("a column");
    assert_eq!(status.tallies.as_deref(), Some(&[667, 667, 666][..]));
    assert_eq!(status.range, Some(Range::Ints { least: 200, most: 404 }));
}

#[test]
fn the_filter_tells_which_words_are_in_no_record() {
    let block = open(&batch(&(0..2_000).map(access).collect::<Vec<_>>()));
    assert!(check_filter(&block) >= 5);
    let filter = block.filter().expect("no damage").expect("a filter");
    assert!(filter.may_hold("get") && !filter.may_hold("post") && !filter.may_hold("absent"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn summary_and_filter_know_all_records(documents in prop_oneof![documents(), free_text()]) {
        let block = open(&batch(&documents));
        check_filter(&block);
        check_summary(&block);
    }

    #[test]
    fn columns_say_what_records_say(documents in documents()) {
        check_columns(&documents);
    }

    #[test]
    fn any_chosen_rows_come_back(documents in documents(), picked: [bool; 64]) {
        check_picked(&documents, |row| picked[row % 64]);
    }
}

#[test]
fn times_in_texts_are_the_same_where_not_every_record_has_one() {
    let records: Vec<Document> = (0..600_i64)
        .map(|n| {
            let micros = n * 37 % 1_000;
            let message = format!("ts 2018-03-24T17:15:20.{:03}{micros:03}Z done", 100 + n);
            let nanos = i32::try_from(micros * 1_000).expect("less than a second");
            let mut record = doc! { "_id": n, "message": message, "nanos": nanos };
            if n % 3 > 0 {
                record.insert("timestamp", bson::DateTime::from_millis(1_521_911_720_100 + n));
            }
            record
        })
        .collect();
    let block = open(&batch(&records));
    let rows = Rows::new(Arc::clone(&block), 0).expect("a group");
    let unpacked = rows.unpack(&Selection::all(rows.len())).expect("its records");
    assert_eq!(unpacked.as_bytes(), block.unpack(0).expect("its records").as_bytes());
}

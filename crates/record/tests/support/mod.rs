//! Documents built byte by byte, so that no writer under test stands between a test and its input.

use proptest::prelude::*;
use woodpile_record::Record;

/// The document of these element bytes.
pub(crate) fn from_fields(fields: &[u8]) -> Vec<u8> {
    let length = u32::try_from(fields.len() + 5).unwrap();
    [&length.to_le_bytes(), fields, &[0]].concat()
}

fn element(kind: u8, key: &str, value: &[u8]) -> Vec<u8> {
    [&[kind], key.as_bytes(), &[0], value].concat()
}

/// A record of these elements: type, key, value.
pub(crate) fn record(elements: &[(u8, &str, &[u8])]) -> Record {
    let fields: Vec<u8> =
        elements.iter().flat_map(|(kind, key, value)| element(*kind, key, value)).collect();
    Record::from_bytes(from_fields(&fields)).unwrap()
}

/// Documents with every type, a few levels deep.
pub(crate) fn documents() -> impl Strategy<Value = Vec<u8>> {
    let value = scalars().prop_recursive(5, 60, 6, |inner| {
        let elements = prop::collection::vec((keys(), inner.clone()), 0..5);
        let document = elements.prop_map(|elements| document(&elements)).boxed();
        prop_oneof![
            document.clone().prop_map(|document| (0x03, document)),
            prop::collection::vec(inner, 0..12).prop_map(|values| (0x04, array(&values))),
            (texts(), document).prop_map(|(code, scope)| {
                let length = u32::try_from(4 + code.len() + scope.len()).unwrap();
                (0x0F, [&length.to_le_bytes()[..], &code, &scope].concat())
            }),
        ]
    });
    prop::collection::vec((keys(), value), 0..6).prop_map(|elements: Vec<_>| document(&elements))
}

type Encoded = (u8, Vec<u8>);

fn document(elements: &[(String, Encoded)]) -> Vec<u8> {
    let fields: Vec<u8> =
        elements.iter().flat_map(|(key, (kind, value))| element(*kind, key, value)).collect();
    from_fields(&fields)
}

fn array(values: &[Encoded]) -> Vec<u8> {
    let counted = values.iter().enumerate();
    let elements: Vec<_> =
        counted.map(|(index, value)| (index.to_string(), value.clone())).collect();
    document(&elements)
}

fn keys() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z.$]{0,6}",
        1 => "\\PC{0,4}",
        2 => prop::sample::select(vec![
            "$oid", "$date", "$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "$binary",
            "$type", "$uuid", "$timestamp", "$regularExpression", "$regex", "$options", "$code", "$scope",
            "$symbol", "$dbPointer", "$undefined", "$minKey", "$maxKey", "$literal", "$ref", "$id",
            "_id", "_collection", "timestamp", "level", "exception", "stackTrace", "throwables",
        ]).prop_map(str::to_owned),
    ]
}

/// A text's length, bytes and NUL.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    any::<String>().prop_map(|text| {
        let length = u32::try_from(text.len() + 1).unwrap();
        [&length.to_le_bytes(), text.as_bytes(), &[0]].concat()
    })
}

fn cstrings() -> impl Strategy<Value = Vec<u8>> {
    any::<String>().prop_map(|text| (text.replace('\0', "") + "\0").into_bytes())
}

fn bytes<const N: usize>() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<[u8; N]>().prop_map(|bytes| bytes.to_vec()),
        Just(vec![0; N]),
        Just(vec![0xFF; N])
    ]
}

fn doubles() -> impl Strategy<Value = Vec<u8>> {
    let numbers = prop_oneof![
        any::<f64>(),
        any::<i32>().prop_map(f64::from),
        any::<u64>().prop_map(f64::from_bits)
    ];
    numbers.prop_map(|number| number.to_le_bytes().to_vec())
}

fn integers() -> impl Strategy<Value = Vec<u8>> {
    let numbers =
        prop_oneof![any::<i64>(), any::<i32>().prop_map(i64::from), 0..253_402_300_800_001_i64];
    numbers.prop_map(|number| number.to_le_bytes().to_vec())
}

fn binaries() -> impl Strategy<Value = Vec<u8>> {
    (any::<u8>(), prop::collection::vec(any::<u8>(), 0..20)).prop_map(|(subtype, content)| {
        let length = u32::try_from(content.len()).unwrap();
        if subtype == 2 {
            [&(length + 4).to_le_bytes()[..], &[2], &length.to_le_bytes(), &content].concat()
        } else {
            [&length.to_le_bytes()[..], &[subtype], &content].concat()
        }
    })
}

fn of(kind: u8, value: impl Strategy<Value = Vec<u8>> + 'static) -> BoxedStrategy<Encoded> {
    value.prop_map(move |value| (kind, value)).boxed()
}

fn pairs(
    first: impl Strategy<Value = Vec<u8>>,
    second: impl Strategy<Value = Vec<u8>>,
) -> impl Strategy<Value = Vec<u8>> {
    (first, second).prop_map(|(first, second)| [first, second].concat())
}

fn scalars() -> impl Strategy<Value = Encoded> {
    let empty = || Just(Vec::new());
    prop::strategy::Union::new([
        of(0x01, doubles()),
        of(0x02, texts()),
        of(0x05, binaries()),
        of(0x05, Just(vec![5, 0, 0, 0, 2, 1, 0, 0, 0, 9])),
        of(0x06, empty()),
        of(0x07, bytes::<12>()),
        of(0x08, any::<bool>().prop_map(|truth| vec![u8::from(truth)])),
        of(0x09, integers()),
        of(0x0A, empty()),
        of(0x0B, pairs(cstrings(), cstrings())),
        of(0x0C, pairs(texts(), bytes::<12>())),
        of(0x0D, texts()),
        of(0x0E, texts()),
        of(0x10, bytes::<4>()),
        of(0x11, bytes::<8>()),
        of(0x12, integers()),
        of(0x13, bytes::<16>()),
        of(0x7F, empty()),
        of(0xFF, empty()),
    ])
}

use bson::Decimal128;
use woodpile_block::Value;
use woodpile_query::Scalar;
use woodpile_record::ObjectId;

/// BSON types, <https://bsonspec.org/spec.html>.
pub(super) mod bson_type {
    pub(in crate::filter) const STRING: u8 = 0x02;
    pub(in crate::filter) const UNDEFINED: u8 = 0x06;
    pub(in crate::filter) const OBJECT_ID: u8 = 0x07;
    pub(in crate::filter) const BOOLEAN: u8 = 0x08;
    pub(in crate::filter) const DATE: u8 = 0x09;
    pub(in crate::filter) const NULL: u8 = 0x0A;
    pub(in crate::filter) const CODE: u8 = 0x0D;
    pub(in crate::filter) const SYMBOL: u8 = 0x0E;
    pub(in crate::filter) const INT32: u8 = 0x10;
    pub(in crate::filter) const TIMESTAMP: u8 = 0x11;
    pub(in crate::filter) const INT64: u8 = 0x12;
    pub(in crate::filter) const DECIMAL: u8 = 0x13;
    pub(in crate::filter) const DOUBLE: u8 = 0x01;
    /// An array that is kept whole.
    pub(in crate::filter) const WHOLE_ARRAY: u8 = 0x44;
}

/// The value of a column as filters see it; `None` where it holds values of its own, or is no text although it should.
pub(super) fn scalar(value: Value<'_>, column_type: u8) -> Option<Scalar<'_>> {
    Some(match (value, column_type) {
        (Value::Int(truth), bson_type::BOOLEAN) => Scalar::Bool(truth != 0),
        (Value::Int(millis), bson_type::DATE) => Scalar::Date(millis),
        (Value::Int(stamp), bson_type::TIMESTAMP) => Scalar::Date(millis_of_timestamp(stamp)),
        (Value::Int(number), _) => Scalar::Int(number),
        (Value::Double(number), _) => Scalar::Float(number),
        (Value::Text(text), _) => Scalar::Text(std::str::from_utf8(text).ok()?),
        (Value::Id(id), _) => Scalar::Id(ObjectId::from_bytes(id)),
        (Value::Nothing, bson_type::NULL | bson_type::UNDEFINED) => Scalar::Null,
        (Value::Blob(bytes), bson_type::DECIMAL) => {
            Scalar::Decimal(Decimal128::from_bytes(bytes.try_into().ok()?))
        }
        (Value::Blob(_), bson_type::WHOLE_ARRAY) => return None,
        (Value::Nothing | Value::Blob(_), _) => Scalar::Other,
    })
}

/// Seconds are the upper half, a number within the second the lower.
fn millis_of_timestamp(stamp: i64) -> i64 {
    let seconds = (stamp >> 32) & 0xFFFF_FFFF;
    let number = stamp & 0xFFFF_FFFF;
    seconds * 1_000 + number.min(999)
}

/// Whether values of this type have a text that is looked through.
pub(super) fn has_text(column_type: u8) -> bool {
    matches!(column_type, bson_type::STRING | bson_type::CODE | bson_type::SYMBOL)
}

/// Whether values of this type are numbers.
pub(super) fn is_number(column_type: u8) -> bool {
    matches!(
        column_type,
        bson_type::INT32 | bson_type::INT64 | bson_type::DOUBLE | bson_type::DECIMAL
    )
}

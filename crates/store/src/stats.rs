/// What a collection holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CollectionStats {
    /// The collection's name.
    pub name: String,
    /// All records.
    pub records: u64,
    /// Records as they arrived.
    pub hot_records: u64,
    /// Bytes of those, as BSON.
    pub hot_bytes: u64,
    /// Records in packed blocks.
    pub packed_records: u64,
    /// Bytes as the owner's quota counts them: documents and index entries in MongoDB, the share of
    /// the file elsewhere.
    pub logical_bytes: u64,
    /// Bytes of the messages' text, where the store knows.
    pub message_bytes: Option<u64>,
    /// The first event, in milliseconds since 1970.
    pub first: Option<i64>,
    /// The last event.
    pub last: Option<i64>,
}

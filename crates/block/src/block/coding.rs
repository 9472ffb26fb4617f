/// How a column is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// A chunk a group: whole numbers.
    Ints = 0,
    /// A chunk a group: doubles.
    Doubles = 1,
    /// A chunk a group: ObjectIds.
    Ids = 2,
    /// A chunk a group: bytes with their lengths, compressed.
    Words = 3,
    /// The distinct values once; rows name them together with other columns.
    Dictionary = 4,
    /// Templates and slots; rows name their templates together with other columns.
    Templates = 5,
    /// Nothing but the type.
    Nothing = 6,
}

const CODINGS: [Coding; 7] = [
    Coding::Ints,
    Coding::Doubles,
    Coding::Ids,
    Coding::Words,
    Coding::Dictionary,
    Coding::Templates,
    Coding::Nothing,
];

impl Coding {
    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        CODINGS.get(usize::from(byte)).copied()
    }

    /// Whether rows name its values, or templates, together with other columns.
    pub(super) fn is_named(self) -> bool {
        matches!(self, Self::Dictionary | Self::Templates)
    }

    /// Whether each group has a chunk of it.
    pub(super) fn has_chunks(self) -> bool {
        !matches!(self, Self::Dictionary | Self::Nothing)
    }

    /// How many parts it has that all groups share.
    pub(super) fn shared_parts(self) -> usize {
        match self {
            Self::Dictionary => 1,
            Self::Templates => 3,
            _ => 0,
        }
    }
}

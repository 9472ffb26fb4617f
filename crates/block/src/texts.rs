use crate::convert::id;

/// Many texts in one buffer. They are bytes: nothing asks whether they are UTF-8.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    bytes: Vec<u8>,
    /// A block has fewer bytes than this can say.
    ends: Vec<u32>,
}

impl Texts {
    pub(crate) fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(id(self.bytes.len()));
    }

    /// With room for so many texts.
    pub(crate) fn with_room(texts: usize) -> Self {
        Self { bytes: Vec::new(), ends: Vec::with_capacity(texts) }
    }

    /// Adds the text that `write` appends to the buffer; `None` where it does not succeed.
    pub(crate) fn push_with(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Option<()>,
    ) -> Option<()> {
        write(&mut self.bytes)?;
        self.ends.push(id(self.bytes.len()));
        Some(())
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        let start =
            index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end);
        self.bytes.get(start as usize..end as usize)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The text that the byte at this place of all of them is in, and where that text ends.
    pub(crate) fn text_at(&self, place: usize) -> Option<(usize, usize)> {
        let index = self.ends.partition_point(|end| *end as usize <= place);
        Some((index, *self.ends.get(index)? as usize))
    }

    /// All texts, one after another.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of memory they take.
    pub(crate) fn held(&self) -> usize {
        self.bytes.len() + size_of_val(self.ends.as_slice())
    }

    /// From texts one after another and the length of each; `None` where they do not fit together.
    pub(crate) fn from_parts(bytes: Vec<u8>, lengths: &[i64]) -> Option<Self> {
        let mut ends = Vec::with_capacity(lengths.len());
        let mut end = 0_u32;
        for &length in lengths {
            end = end.checked_add(u32::try_from(length).ok()?)?;
            ends.push(end);
        }
        (end as usize == bytes.len()).then_some(Self { bytes, ends })
    }
}

impl<'a> FromIterator<&'a [u8]> for Texts {
    fn from_iter<I: IntoIterator<Item = &'a [u8]>>(texts: I) -> Self {
        let mut all = Self::default();
        for text in texts {
            all.push(text);
        }
        all
    }
}

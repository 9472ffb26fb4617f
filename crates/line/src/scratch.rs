use bumpalo::Bump;
use std::fmt;

/// Room for the texts of one record that were written with escapes, so that all of its texts can be borrowed. Made
/// once and [cleared](Scratch::clear) between records, it needs no more memory than the largest of them.
#[derive(Default)]
pub struct Scratch(Bump);

impl Scratch {
    /// Room that grows as it is needed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets all texts.
    pub fn clear(&mut self) {
        self.0.reset();
    }

    /// Keeps a text until the next [`clear`](Self::clear).
    pub(crate) fn keep(&self, text: &str) -> &str {
        self.0.alloc_str(text)
    }
}

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scratch({} bytes)", self.0.allocated_bytes())
    }
}

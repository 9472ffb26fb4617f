use super::SYMBOLS;

/// How often each symbol was seen in each context.
#[derive(Debug, Default)]
pub(super) struct Counts(Vec<[u32; SYMBOLS]>);

impl Counts {
    pub(super) fn add(&mut self, context: u8, symbol: u8) {
        let at = usize::from(context);
        if self.0.len() <= at {
            self.0.resize(at + 1, [0; SYMBOLS]);
        }
        let counts = self.0.get_mut(at);
        if let Some(count) = counts.and_then(|counts| counts.get_mut(usize::from(symbol))) {
            *count += 1;
        }
    }

    /// The contexts, in order.
    pub(super) fn contexts(&self) -> impl ExactSizeIterator<Item = &[u32; SYMBOLS]> {
        self.0.iter()
    }
}

use super::number::split;

/// Takes numbers, each in a context: to write them, or only to tell how long they would be.
pub(crate) trait Sink {
    /// Takes a symbol that leaves nothing open. The context is below [`MAX_CONTEXTS`](super::MAX_CONTEXTS).
    fn symbol(&mut self, context: u8, symbol: u8);

    /// Takes bits of which nothing is expected, at most 61.
    fn bits(&mut self, value: u64, count: u32);

    /// Takes a number that is expected as its like was in this context.
    fn number(&mut self, context: u8, number: u64) {
        let split = split(number);
        self.symbol(context, split.symbol);
        self.bits(split.extra, split.extra_bits);
    }
}

/// How the last predictions went, in one number from 0 to `MASK`: a bit each, set where it was wrong.
#[derive(Debug, Default)]
pub(super) struct History<const MASK: u8>(u8);

impl<const MASK: u8> History<MASK> {
    pub(super) fn context(&self) -> u8 {
        self.0
    }

    pub(super) fn add(&mut self, hit: bool) {
        self.0 = ((self.0 << 1) | u8::from(!hit)) & MASK;
    }
}

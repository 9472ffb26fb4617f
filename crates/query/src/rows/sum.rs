use crate::ast::Number;

/// A sum of numbers: exact as long as they are integers.
#[derive(Debug, Clone, Default)]
pub(super) struct Sum {
    ints: i128,
    floats: f64,
    /// What the additions of floats lost (Neumaier's sum).
    lost: f64,
    has_floats: bool,
    count: u64,
}

impl Sum {
    pub(super) fn add(&mut self, number: Number, times: u64) {
        self.count += times;
        match number {
            Number::Int(number) => {
                self.ints = self.ints.saturating_add(i128::from(number) * i128::from(times));
            }
            Number::Float(number) => self.add_float(number * to_float(times.into())),
        }
    }

    fn add_float(&mut self, number: f64) {
        self.has_floats = true;
        let sum = self.floats + number;
        self.lost += if self.floats.abs() >= number.abs() {
            (self.floats - sum) + number
        } else {
            (number - sum) + self.floats
        };
        self.floats = sum;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.ints = self.ints.saturating_add(other.ints);
        if other.has_floats {
            self.add_float(other.floats);
            self.lost += other.lost;
        }
    }

    /// The sum; `None` of no numbers.
    pub(super) fn total(&self) -> Option<Number> {
        if self.count == 0 {
            return None;
        }
        match i64::try_from(self.ints) {
            Ok(sum) if !self.has_floats => Some(Number::Int(sum)),
            _ => Some(Number::Float(self.as_float())),
        }
    }

    /// The mean; `None` of no numbers.
    pub(super) fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.as_float() / to_float(self.count.into()))
    }

    fn as_float(&self) -> f64 {
        // What was lost of an infinite sum is no number.
        let floats = if self.floats.is_finite() { self.floats + self.lost } else { self.floats };
        to_float(self.ints) + floats
    }
}

#[expect(clippy::cast_precision_loss, reason = "a sum with fractions is a double")]
fn to_float(number: i128) -> f64 {
    number as f64
}

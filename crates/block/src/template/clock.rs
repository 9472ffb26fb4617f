//! Dates with times, as logs write them: one number instead of six.

/// How a time is written. What zone it is in is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Clock {
    layout: Layout,
    /// Digits behind the second, 0 to 9, and what is before them.
    digits: u8,
    point: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Layout {
    /// `2026-11-22T07:32:49`
    IsoT = 0,
    /// `2026-11-22 07:32:49`
    IsoSpace = 1,
    /// `22/Nov/2026:07:32:49`
    Common = 2,
    /// `2026/11/22 07:32:49`
    Slashes = 3,
    /// `Nov 22 07:32:49`, the day filled with a space
    Syslog = 4,
    /// `07:32:49`
    TimeOnly = 5,
}

const LAYOUTS: [Layout; 6] = [
    Layout::IsoT,
    Layout::IsoSpace,
    Layout::Common,
    Layout::Slashes,
    Layout::Syslog,
    Layout::TimeOnly,
];
const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];
const DAY_SECONDS: i64 = 86_400;
const MAX_FRACTION: usize = 9;
/// A year without its number counts as this one, which has a 29 February.
const ANY_YEAR: i64 = 2000;

impl Layout {
    /// What it looks like: `y`, `m`, `d`, `H`, `M`, `S` are digits, `b` a month's letters, `e` a day's digit
    /// or space, anything else itself.
    fn picture(self) -> &'static [u8] {
        match self {
            Self::IsoT => b"yyyy-mm-ddTHH:MM:SS",
            Self::IsoSpace => b"yyyy-mm-dd HH:MM:SS",
            Self::Common => b"dd/bbb/yyyy:HH:MM:SS",
            Self::Slashes => b"yyyy/mm/dd HH:MM:SS",
            Self::Syslog => b"bbb ed HH:MM:SS",
            Self::TimeOnly => b"HH:MM:SS",
        }
    }
}

/// A time at the front of the text, and its length.
pub(super) fn find(text: &[u8]) -> Option<(Clock, usize)> {
    let fourth = *text.get(2)?;
    let plausible = match *text.first()? {
        b'0'..=b'9' => matches!(fourth, b'0'..=b'9' | b'/' | b':'),
        b'J' | b'F' | b'M' | b'A' | b'S' | b'O' | b'N' | b'D' => true,
        _ => false,
    };
    if !plausible {
        return None;
    }
    LAYOUTS.into_iter().find_map(|layout| {
        let length = layout.picture().len();
        let (digits, point) = fraction(text.get(length..)?);
        let clock = Clock { layout, digits, point };
        let length = clock.length();
        clock.read(text.get(..length)?)?;
        Some((clock, length))
    })
}

/// How many digits follow a point or a comma, and which it is.
fn fraction(rest: &[u8]) -> (u8, u8) {
    let Some((&point @ (b'.' | b','), rest)) = rest.split_first() else { return (0, b'.') };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match u8::try_from(digits) {
        Ok(count @ 1..) if digits <= MAX_FRACTION => (count, point),
        _ => (0, b'.'),
    }
}

impl Clock {
    pub(super) fn length(self) -> usize {
        let behind = if self.digits > 0 { 1 + usize::from(self.digits) } else { 0 };
        self.layout.picture().len() + behind
    }

    /// Units of its number in a second.
    pub(crate) fn per_second(self) -> i64 {
        10_i64.pow(u32::from(self.digits))
    }

    /// The time as one number; `None` where writing it would not give the same text.
    pub(super) fn read(self, text: &[u8]) -> Option<i64> {
        let picture = self.layout.picture();
        let (text, fraction) = text.split_at_checked(picture.len())?;
        let mut seen = Civil::default();
        for (&byte, &place) in text.iter().zip(picture) {
            seen.take(byte, place)?;
        }
        let mut number = seen.seconds(self.layout)?;
        let Some((point, digits)) = fraction.split_first() else { return Some(number) };
        for digit in digits {
            let digit = digit.is_ascii_digit().then(|| i64::from(digit & 15))?;
            number = number.checked_mul(10)?.checked_add(digit)?;
        }
        (*point == self.point).then_some(number)
    }

    /// The inverse of [`Clock::read`]; total.
    pub(super) fn write(self, number: i64, out: &mut Vec<u8>) {
        let seconds = number.div_euclid(self.per_second());
        let civil = Civil::of(seconds);
        for &place in self.layout.picture() {
            out.push(place);
        }
        let start = out.len() - self.layout.picture().len();
        if let Some(text) = out.get_mut(start..) {
            civil.fill(text);
        }
        if self.digits > 0 {
            out.push(self.point);
            let fraction = number.rem_euclid(self.per_second());
            for place in (0..u32::from(self.digits)).rev() {
                out.push(digit(fraction / 10_i64.pow(place)));
            }
        }
    }

    /// As two bytes.
    pub(super) fn code(self) -> [u8; 2] {
        [self.layout as u8 | (self.digits << 4), self.point]
    }

    pub(super) fn from_code([first, point]: [u8; 2]) -> Option<Self> {
        let layout = *LAYOUTS.get(usize::from(first & 15))?;
        let digits = first >> 4;
        let sound = usize::from(digits) <= MAX_FRACTION && matches!(point, b'.' | b',');
        sound.then_some(Self { layout, digits, point })
    }
}

/// A date and a time, digit by digit.
#[derive(Debug, Default)]
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    letters: [u8; 3],
    letter: usize,
}

impl Civil {
    fn take(&mut self, byte: u8, place: u8) -> Option<()> {
        let number = match place {
            b'y' => &mut self.year,
            b'm' => &mut self.month,
            b'e' if byte == b' ' => return Some(()),
            b'e' if byte == b'0' => return None,
            b'd' | b'e' => &mut self.day,
            b'H' => &mut self.hour,
            b'M' => &mut self.minute,
            b'S' => &mut self.second,
            b'b' => {
                *self.letters.get_mut(self.letter)? = byte;
                self.letter += 1;
                return Some(());
            }
            other => return (other == byte).then_some(()),
        };
        if !byte.is_ascii_digit() {
            return None;
        }
        *number = *number * 10 + i64::from(byte - b'0');
        Some(())
    }

    /// `None` where there is no such time.
    fn seconds(&self, layout: Layout) -> Option<i64> {
        if self.hour >= 24 || self.minute >= 60 || self.second >= 60 {
            return None;
        }
        let time = self.hour * 3600 + self.minute * 60 + self.second;
        let (year, month) = match layout {
            Layout::TimeOnly => return Some(time),
            Layout::Syslog => (ANY_YEAR, self.named_month()?),
            Layout::Common => (self.year, self.named_month()?),
            Layout::IsoT | Layout::IsoSpace | Layout::Slashes => (self.year, self.month),
        };
        let days = days(year, month, self.day);
        (date(days) == (year, month, self.day)).then_some(days * DAY_SECONDS + time)
    }

    fn named_month(&self) -> Option<i64> {
        (1..).zip(MONTHS).find(|(_, name)| **name == self.letters).map(|(month, _)| month)
    }

    fn of(seconds: i64) -> Self {
        let (year, month, day) = date(seconds.div_euclid(DAY_SECONDS));
        let time = seconds.rem_euclid(DAY_SECONDS);
        let letters = (1..)
            .zip(MONTHS)
            .find(|(number, _)| *number == month)
            .map_or([b'?'; 3], |(_, name)| *name);
        let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
        Self { year, month, day, hour, minute, second, letters, letter: 0 }
    }

    /// Replaces each place of the picture.
    fn fill(&self, text: &mut [u8]) {
        let mut letters = self.letters.into_iter();
        let mut numbers = [
            (b'y', self.year),
            (b'm', self.month),
            (b'd', self.day),
            (b'H', self.hour),
            (b'M', self.minute),
            (b'S', self.second),
        ];
        for byte in text.iter_mut().rev() {
            if *byte == b'e' {
                let tens = numbers[2].1 % 10;
                *byte = if tens == 0 { b' ' } else { digit(tens) };
            } else if let Some((_, number)) = numbers.iter_mut().find(|(place, _)| *place == *byte)
            {
                *byte = digit(*number);
                *number = number.div_euclid(10);
            }
        }
        for byte in text.iter_mut().filter(|byte| **byte == b'b') {
            *byte = letters.next().unwrap_or(b'?');
        }
    }
}

/// The last decimal digit of a number.
fn digit(number: i64) -> u8 {
    b'0' + u8::try_from(number.rem_euclid(10)).unwrap_or(0)
}

/// Days since 1970 of a date in the Gregorian calendar
/// (<https://howardhinnant.github.io/date_algorithms.html>, `days_from_civil`).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse (`civil_from_days`).
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_of_logs_are_found() {
        for (text, length, number) in [
            ("22/Nov/2026:07:32:49 +0000", 20, Some(1_795_332_769)),
            ("2026-11-22T07:32:49.123456Z", 26, Some(1_795_332_769_123_456)),
            ("2026-11-22 07:32:49,5 x", 21, Some(17_953_327_695)),
            ("2026/11/22 07:32:49", 19, Some(1_795_332_769)),
            ("Nov  2 07:32:49 host", 15, Some(973_150_369)),
            ("07:32:49.001", 12, Some(27_169_001)),
        ] {
            let (clock, found) = find(text.as_bytes()).expect(text);
            assert_eq!(found, length, "{text}");
            assert_eq!(clock.read(&text.as_bytes()[..length]), number, "{text}");
            assert_eq!(Clock::from_code(clock.code()), Some(clock));
        }
    }

    #[test]
    fn what_would_not_come_back_is_no_time() {
        for text in [
            "31/Feb/2026:07:32:49",
            "2026-13-01T00:00:00",
            "25:00:00",
            "Nov 02 07:32:49",
            "12:34",
            "Nov",
            "1/2",
        ] {
            assert_eq!(find(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn written_times_are_read_again(seconds in 0_i64..4_000_000_000, layout in 0_usize..4, digits in 0_u8..10) {
            let clock = Clock { layout: LAYOUTS[layout], digits, point: b'.' };
            let number = seconds * clock.per_second() + seconds % clock.per_second();
            let mut text = Vec::new();
            clock.write(number, &mut text);
            prop_assert_eq!(clock.read(&text), Some(number));
        }

        #[test]
        fn any_text_has_a_time_or_not(text in proptest::collection::vec(any::<u8>(), 0..40)) {
            find(&text);
        }

        #[test]
        fn what_is_read_is_written_again(text in "[0-3 ][0-9]:[0-9]{2}:[0-9]{2}([.,][0-9]{1,3})?|(Feb|Nov) [ 0-3][0-9] [012][0-9]:[0-5][0-9]:00|20[0-9]{2}-[01][0-9]-[0-3][0-9]T[012][0-9]:00:00") {
            if let Some((clock, length)) = find(text.as_bytes()) {
                let mut again = Vec::new();
                let number = clock.read(&text.as_bytes()[..length]).expect("a time");
                clock.write(number, &mut again);
                prop_assert_eq!(&again, &text.as_bytes()[..length]);
            }
        }

        #[test]
        fn any_number_is_written(number: i64, layout in 0_usize..6, digits in 0_u8..10) {
            Clock { layout: LAYOUTS[layout], digits, point: b',' }.write(number, &mut Vec::new());
        }
    }
}

//! Levels: written as the source spells them, compared by severity.

/// OpenTelemetry's severity number, 1 to 24
/// (<https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Severity(u8);

impl Severity {
    /// 1.
    pub const TRACE: Self = Self(1);
    /// 5.
    pub const DEBUG: Self = Self(5);
    /// 9.
    pub const INFO: Self = Self(9);
    /// 10: between information and a warning (syslog's and Google's notice).
    pub const NOTICE: Self = Self(10);
    /// 13.
    pub const WARN: Self = Self(13);
    /// 17.
    pub const ERROR: Self = Self(17);
    /// 21.
    pub const FATAL: Self = Self(21);
    /// 22: syslog's alert.
    pub const ALERT: Self = Self(22);
    /// 24: syslog's emergency.
    pub const EMERGENCY: Self = Self(24);

    /// The severity with this number, if there is one.
    pub const fn from_number(number: u8) -> Option<Self> {
        if number >= 1 && number <= 24 { Some(Self(number)) } else { None }
    }

    /// The number, 1 to 24.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The severity of a level as any source spells it: `WARN`, `warning`, `W`, `CRITICAL`, `error`, `INFO2`.
    pub fn of(level: &str) -> Option<Self> {
        let level = level.trim();
        if let Some(severity) = by_name(level) {
            return Some(severity);
        }
        // OpenTelemetry's finer steps: DEBUG2, WARN4.
        let (name, step) = level.split_at_checked(level.len().checked_sub(1)?)?;
        let step = step.parse::<u8>().ok().filter(|step| (1..=4).contains(step))?;
        let coarse = by_name(name).filter(|severity| severity.0 % 4 == 1)?;
        Some(Self(coarse.0 + step - 1))
    }

    /// The severity of Python's numbers (10 to 50) and bunyan's and pino's (10 to 60), which differ at 10:
    /// `trace_at_10` says which.
    pub const fn of_tens(number: i64, trace_at_10: bool) -> Option<Self> {
        Some(match (number, trace_at_10) {
            (10..=19, true) => Self::TRACE,
            (20..=29, true) | (10..=19, false) => Self::DEBUG,
            (30..=39, true) | (20..=29, false) => Self::INFO,
            (40..=49, true) | (30..=39, false) => Self::WARN,
            (50..=59, true) | (40..=49, false) => Self::ERROR,
            (60..=69, true) | (50..=59, false) => Self::FATAL,
            _ => return None,
        })
    }

    /// The severity of syslog's numbers, 0 to 7 (RFC 5424, 6.2.1).
    pub const fn of_syslog(number: u8) -> Option<Self> {
        Some(match number {
            0 => Self::EMERGENCY,
            1 => Self::ALERT,
            2 => Self::FATAL,
            3 => Self::ERROR,
            4 => Self::WARN,
            5 => Self::NOTICE,
            6 => Self::INFO,
            7 => Self::DEBUG,
            _ => return None,
        })
    }

    /// The usual spelling.
    pub const fn name(self) -> &'static str {
        match self.0 {
            0..=4 => "TRACE",
            5..=8 => "DEBUG",
            9 | 11 | 12 => "INFO",
            10 => "NOTICE",
            13..=16 => "WARNING",
            17..=20 => "ERROR",
            22 | 23 => "ALERT",
            24.. => "EMERGENCY",
            21 => "CRITICAL",
        }
    }
}

const LONGEST_NAME: usize = 13;

fn by_name(level: &str) -> Option<Severity> {
    if level.len() > LONGEST_NAME {
        return None;
    }
    let mut buffer = [0; LONGEST_NAME];
    let lower = buffer.get_mut(..level.len())?;
    lower.copy_from_slice(level.as_bytes());
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"trace" | b"trc" | b"t" | b"finest" | b"all" | b"silly" | b"verbose" | b"v" | b"finer" => {
            Severity::TRACE
        }
        b"debug" | b"dbg" | b"dbug" | b"debg" | b"d" | b"fine" | b"config" => Severity::DEBUG,
        b"info" | b"inf" | b"i" | b"information" | b"informational" | b"log" | b"http" => {
            Severity::INFO
        }
        b"notice" | b"note" | b"n" | b"success" | b"statement" => Severity::NOTICE,
        b"warn" | b"warning" | b"wrn" | b"w" => Severity::WARN,
        b"error" | b"err" | b"eror" | b"e" | b"severe" | b"failure" => Severity::ERROR,
        b"fatal" | b"critical" | b"crit" | b"crt" | b"c" | b"f" | b"ftl" | b"dpanic" => {
            Severity::FATAL
        }
        b"alert" | b"alrt" | b"a" => Severity::ALERT,
        b"emerg" | b"emergency" | b"emrg" | b"panic" => Severity::EMERGENCY,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_severity_are_equal() {
        for (a, b) in [("WARN", "warning"), ("FATAL", "CRITICAL"), ("err", "ERROR"), ("I", "info")]
        {
            assert_eq!(Severity::of(a), Severity::of(b), "{a} and {b}");
            assert!(Severity::of(a).is_some());
        }
    }

    #[test]
    fn severities_are_ordered() {
        let rising =
            ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "ERROR", "CRITICAL", "ALERT", "EMERG"];
        assert!(rising.map(|level| Severity::of(level).unwrap()).is_sorted());
    }

    #[test]
    fn steps_of_opentelemetry_are_told_apart() {
        assert_eq!(Severity::of("DEBUG3").map(Severity::number), Some(7));
        assert_eq!(Severity::of("WARN4").map(Severity::number), Some(16));
        assert_eq!(Severity::of("INFO5"), None);
    }

    #[test]
    fn what_is_no_level_has_no_severity() {
        for level in ["", "web.1", "é", "a long word that is no level", "7"] {
            assert_eq!(Severity::of(level), None, "{level}");
        }
    }

    #[test]
    fn numbers_of_the_libraries() {
        assert_eq!(Severity::of_tens(30, true), Some(Severity::INFO));
        assert_eq!(Severity::of_tens(30, false), Some(Severity::WARN));
        assert_eq!(Severity::of_syslog(3), Some(Severity::ERROR));
        assert_eq!(Severity::of_syslog(8), None);
    }
}

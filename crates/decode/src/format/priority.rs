//! What a message says of itself with one number: facility and severity (RFC 5424, 6.2.1).

use woodpile_record::Severity;

const SEVERITIES: u8 = 8;
#[rustfmt::skip]
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
    "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];
const LARGEST: u8 = 191;

/// A message's facility and severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Priority(u8);

impl Priority {
    /// The facility's usual name.
    pub(crate) fn facility(self) -> &'static str {
        FACILITIES.get(usize::from(self.0 / SEVERITIES)).copied().unwrap_or_default()
    }

    /// The severity.
    pub(crate) fn severity(self) -> Option<Severity> {
        Severity::of_syslog(self.0 % SEVERITIES)
    }

    /// Whether it is `<0>`: an emergency of the kernel, or what is sent by those who have nothing to say here.
    pub(crate) fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// `<34>` at the front of a message, and what follows.
pub(crate) fn read(message: &str) -> Option<(Priority, &str)> {
    let (digits, rest) = message.strip_prefix('<')?.split_once('>')?;
    let is_number = (1..=3).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let number: u8 = is_number.then(|| digits.parse().ok())??;
    (number <= LARGEST).then_some((Priority(number), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_priority_is_facility_and_severity() {
        let (priority, rest) = read("<165>1 x").unwrap();
        assert_eq!((priority.facility(), priority.severity()), ("local4", Some(Severity::NOTICE)));
        assert_eq!(rest, "1 x");
        assert_eq!(read("<191>").map(|(priority, _)| priority.facility()), Some("local7"));
        for message in ["<192>x", "<>x", "<-1>x", "<+1>x", "<1x", "1>x", "<0001>x", "x"] {
            assert_eq!(read(message), None, "{message}");
        }
    }
}

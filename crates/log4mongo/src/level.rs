use woodpile_record::Severity;

/// How severe an event is, for those who ask for a level: `tracing`'s and `log`'s levels turn into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// What a developer follows step by step.
    Trace,
    /// What a developer looks at.
    Debug,
    /// What happened.
    Info,
    /// What may be wrong.
    Warning,
    /// What is wrong.
    Error,
}

impl Level {
    /// As log4mongo spells it in a record.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }

    pub(crate) const fn severity(self) -> Severity {
        match self {
            Self::Trace => Severity::TRACE,
            Self::Debug => Severity::DEBUG,
            Self::Info => Severity::INFO,
            Self::Warning => Severity::WARN,
            Self::Error => Severity::ERROR,
        }
    }
}

#[cfg(feature = "tracing")]
impl From<tracing::Level> for Level {
    fn from(level: tracing::Level) -> Self {
        match level {
            tracing::Level::TRACE => Self::Trace,
            tracing::Level::DEBUG => Self::Debug,
            tracing::Level::INFO => Self::Info,
            tracing::Level::WARN => Self::Warning,
            tracing::Level::ERROR => Self::Error,
        }
    }
}

#[cfg(feature = "log")]
impl From<log::Level> for Level {
    fn from(level: log::Level) -> Self {
        match level {
            log::Level::Trace => Self::Trace,
            log::Level::Debug => Self::Debug,
            log::Level::Info => Self::Info,
            log::Level::Warn => Self::Warning,
            log::Level::Error => Self::Error,
        }
    }
}

use crate::Level;
use std::fmt;
use std::str::FromStr;

/// From which level on events are kept, by where they come from: as `RUST_LOG` says it,
/// `info,shop=debug,shop::cart=trace,hyper=off`.
///
/// A target is meant with all that is below it; the longest that fits an event decides, and a level
/// alone is for all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels {
    others: Option<Level>,
    /// The longest first.
    targets: Vec<(String, Option<Level>)>,
}

impl Levels {
    /// Everything is kept.
    pub const ALL: Self = Self { others: Some(Level::Trace), targets: Vec::new() };
    /// What happened is kept, whatever only developers look at is not.
    pub const INFO: Self = Self { others: Some(Level::Info), targets: Vec::new() };

    /// The most that any target lets through; `None` when that is nothing.
    pub(crate) fn most(&self) -> Option<Level> {
        let levels = self.targets.iter().map(|(_, level)| *level).chain([self.others]);
        levels.flatten().min()
    }

    /// Whether an event is let through.
    pub(crate) fn enabled(&self, target: &str, level: Level) -> bool {
        let of_target = self.targets.iter().find(|(prefix, _)| is_within(target, prefix));
        of_target.map_or(self.others, |(_, level)| *level).is_some_and(|least| level >= least)
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn to_targets(&self) -> tracing_subscriber::filter::Targets {
        let targets = self.targets.iter().map(|(target, level)| (target.clone(), filter(*level)));
        let all = tracing_subscriber::filter::Targets::new().with_default(filter(self.others));
        all.with_targets(targets)
    }
}

#[cfg(feature = "tracing")]
fn filter(level: Option<Level>) -> tracing_subscriber::filter::LevelFilter {
    use tracing_subscriber::filter::LevelFilter;
    match level {
        None => LevelFilter::OFF,
        Some(Level::Error) => LevelFilter::ERROR,
        Some(Level::Warning) => LevelFilter::WARN,
        Some(Level::Info) => LevelFilter::INFO,
        Some(Level::Debug) => LevelFilter::DEBUG,
        Some(Level::Trace) => LevelFilter::TRACE,
    }
}

fn is_within(target: &str, prefix: &str) -> bool {
    target.starts_with(prefix)
}

impl FromStr for Levels {
    type Err = LevelsError;

    fn from_str(text: &str) -> Result<Self, LevelsError> {
        let mut levels = Self { others: None, targets: Vec::new() };
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some((target, level)) => {
                    levels.targets.push((target.trim().to_owned(), parse(level, text)?));
                }
                None => match parse(part, text) {
                    Ok(level) => levels.others = level,
                    // A target alone: all of it.
                    Err(_) if is_target(part) => {
                        levels.targets.push((part.to_owned(), Some(Level::Trace)));
                    }
                    Err(error) => return Err(error),
                },
            }
        }
        levels.targets.sort_by_key(|(target, _)| std::cmp::Reverse(target.len()));
        Ok(levels)
    }
}

fn is_target(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-'))
}

fn parse(level: &str, whole: &str) -> Result<Option<Level>, LevelsError> {
    Ok(Some(match level.trim().to_ascii_lowercase().as_str() {
        "off" => return Ok(None),
        "error" => Level::Error,
        "warn" | "warning" => Level::Warning,
        "info" => Level::Info,
        "debug" => Level::Debug,
        "trace" => Level::Trace,
        _ => return Err(LevelsError { whole: whole.to_owned(), found: level.to_owned() }),
    }))
}

/// What should say levels does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelsError {
    whole: String,
    found: String,
}

impl fmt::Display for LevelsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { whole, found } = self;
        write!(
            f,
            "{found:?} in {whole:?} is no level: expected off, error, warn, info, debug or trace, as in info,shop=debug"
        )
    }
}

impl std::error::Error for LevelsError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_target_decides() {
        let levels: Levels = "info,shop=debug, shop::cart=off,hyper=warn,mine".parse().unwrap();
        let check = |target, level, expected| {
            assert_eq!(levels.enabled(target, level), expected, "{target} {level:?}");
        };
        check("other", Level::Info, true);
        check("other", Level::Debug, false);
        check("shop::web", Level::Debug, true);
        check("shop::web", Level::Trace, false);
        check("shop::cart", Level::Error, false);
        check("hyper::h2", Level::Info, false);
        check("mine", Level::Trace, true);
        assert_eq!(levels.most(), Some(Level::Trace));
    }

    #[test]
    fn targets_alone_leave_the_others_out() {
        let levels: Levels = "shop=debug".parse().unwrap();
        assert!(!levels.enabled("other", Level::Error));
        assert_eq!(levels.most(), Some(Level::Debug));
        assert_eq!("off".parse::<Levels>().unwrap().most(), None);
    }

    #[test]
    fn what_is_no_level_is_named() {
        assert_eq!(
            "info,shop=loud".parse::<Levels>().unwrap_err().to_string(),
            "\"loud\" in \"info,shop=loud\" is no level: expected off, error, warn, info, debug or trace, as in info,shop=debug"
        );
    }
}

use crate::Log4Mongo;
use crate::channel::Kind;
use crate::fields::Fields;
use crate::level::Level;
use crate::levels::Levels;
use crate::origin::ThreadOrigin;
use crate::own::is_own_target;
use log::kv::{Error, Key, Value, VisitSource, VisitValue};
use log::{Metadata, Record};
use std::borrow::Cow;
use woodpile_record::Entry;

/// Keeps what the `log` crate's macros say as records: see [`Log4Mongo::logger`].
#[derive(Debug, Clone)]
pub struct Logger {
    log: Log4Mongo,
    levels: Levels,
}

impl Logger {
    pub(crate) fn new(log: Log4Mongo) -> Self {
        Self { log, levels: Levels::ALL }
    }

    /// Only what these levels let through is kept; without them, everything is.
    #[must_use]
    pub fn levels(self, levels: Levels) -> Self {
        Self { levels, ..self }
    }

    /// Makes this the logger of the process.
    ///
    /// # Errors
    /// There is one already: a process has one for all its life.
    pub fn install(self) -> Result<(), log::SetLoggerError> {
        let most = self.levels.most();
        log::set_boxed_logger(Box::new(self))?;
        log::set_max_level(most.map_or(log::LevelFilter::Off, level_filter));
        Ok(())
    }
}

impl log::Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        !is_own_target(metadata.target())
            && self.levels.enabled(metadata.target(), metadata.level().into())
    }

    fn log(&self, record: &Record<'_>) {
        let origin = ThreadOrigin::current();
        if origin.is_own || !self.enabled(record.metadata()) {
            return;
        }
        let mut fields = Fields::default();
        fields.display("message", *record.args());
        // A source that stops half-way has given what it could.
        let _ = record.key_values().visit(&mut Visitor(&mut fields));
        let mut entry = Entry {
            logger_name: Some(record.target().into()),
            module: record.module_path().map(Into::into),
            file_name: record.file().map(Into::into),
            line_number: record.line().map(i64::from),
            ..Entry::default()
        };
        origin.fill(&mut entry);
        fields.fill(&mut entry);
        self.log.write(Kind::Event, entry, record.level().into());
    }

    fn flush(&self) {
        // Who cares about the outcome asks the handle.
        let _ = self.log.flush();
    }
}

fn level_filter(level: Level) -> log::LevelFilter {
    match level {
        Level::Trace => log::LevelFilter::Trace,
        Level::Debug => log::LevelFilter::Debug,
        Level::Info => log::LevelFilter::Info,
        Level::Warning => log::LevelFilter::Warn,
        Level::Error => log::LevelFilter::Error,
    }
}

/// Takes a record's key-value pairs.
struct Visitor<'f>(&'f mut Fields);

impl<'kvs> VisitSource<'kvs> for Visitor<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        value.visit(Named { name: key.as_str(), fields: self.0 })
    }
}

/// Takes one value, with its type.
struct Named<'n, 'f> {
    name: &'n str,
    fields: &'f mut Fields,
}

impl Named<'_, '_> {
    fn key(&self) -> Cow<'static, str> {
        Cow::Owned(self.name.to_owned())
    }
}

impl VisitValue<'_> for Named<'_, '_> {
    fn visit_any(&mut self, value: Value<'_>) -> Result<(), Error> {
        self.fields.display(self.key(), format_args!("{value}"));
        Ok(())
    }

    fn visit_i64(&mut self, value: i64) -> Result<(), Error> {
        self.fields.int(self.key(), value);
        Ok(())
    }

    fn visit_u64(&mut self, value: u64) -> Result<(), Error> {
        self.fields.wide(self.key(), value);
        Ok(())
    }

    fn visit_f64(&mut self, value: f64) -> Result<(), Error> {
        self.fields.float(self.key(), value);
        Ok(())
    }

    fn visit_bool(&mut self, value: bool) -> Result<(), Error> {
        self.fields.bool(self.key(), value);
        Ok(())
    }

    fn visit_str(&mut self, value: &str) -> Result<(), Error> {
        self.fields.str(self.key(), value);
        Ok(())
    }
}

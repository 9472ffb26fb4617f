use crate::Log4Mongo;
use crate::channel::Kind;
use crate::level::Level;
use std::fmt::Display;
use woodpile_record::Entry;

/// What a server says of itself, in the error log, as gunicorn words it: see [`Log4Mongo::server`].
#[derive(Debug, Clone, Copy)]
pub struct ServerLog<'a> {
    log: &'a Log4Mongo,
}

impl<'a> ServerLog<'a> {
    pub(crate) fn new(log: &'a Log4Mongo) -> Self {
        Self { log }
    }

    /// `Starting hello 0.1.0`.
    pub fn starting(self, what: impl Display) {
        self.say(Level::Info, format!("Starting {what}"));
    }

    /// `Listening at: http://0.0.0.0:5000`.
    pub fn listening_at(self, address: impl Display) {
        self.say(Level::Info, format!("Listening at: {address}"));
    }

    /// `Shutting down: SIGTERM`.
    pub fn shutting_down(self, why: impl Display) {
        self.say(Level::Info, format!("Shutting down: {why}"));
    }

    /// What went wrong with the server itself.
    pub fn failed(self, error: impl Display) {
        self.say(Level::Error, error.to_string());
    }

    fn say(self, level: Level, message: String) {
        let entry = Entry {
            logger_name: Some("server".into()),
            message: message.into(),
            ..Entry::default()
        };
        self.log.write(Kind::Error, entry, level);
    }
}

use crate::Log4Mongo;

/// Ends logging when it is dropped: makes what is on its way durable, for as long as
/// [`Builder::shutdown_deadline`](crate::Builder::shutdown_deadline) allows. Keep it until the end of `main`.
#[derive(Debug)]
#[must_use = "dropping the guard ends logging: bind it to a name that lives as long as the program"]
pub struct Guard {
    log: Log4Mongo,
}

impl Guard {
    pub(crate) fn new(log: Log4Mongo) -> Self {
        Self { log }
    }

    /// Where the program logs to.
    pub fn log(&self) -> &Log4Mongo {
        &self.log
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Err(error) = self.log.close() {
            crate::say(&error);
        }
    }
}

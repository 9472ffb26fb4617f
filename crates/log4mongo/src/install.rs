use crate::{InitError, Levels, Log4Mongo};

/// Makes this the logger of the process.
pub(crate) fn install(log: &Log4Mongo, levels: &Levels) -> Result<(), InitError> {
    #[cfg(feature = "tracing")]
    install_subscriber(log, levels)?;
    #[cfg(feature = "log")]
    log.logger().levels(levels.clone()).install().map_err(|_| InitError::Installed)?;
    Ok(())
}

#[cfg(feature = "tracing")]
fn install_subscriber(log: &Log4Mongo, levels: &Levels) -> Result<(), InitError> {
    use tracing_subscriber::prelude::*;
    let layer = log.layer().with_filter(levels.to_targets());
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::set_global_default(subscriber).map_err(|_| InitError::Installed)
}

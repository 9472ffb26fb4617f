//! What a sender is told whose records are not kept.

use crate::error::{ApiError, RETRY_STORE};
use woodpile_keep::Refused;

/// 503 where the same may be kept a little later.
pub(crate) fn answer(refused: Refused) -> ApiError {
    let error = refused.to_string();
    match refused.retry_after() {
        Some(wait) => ApiError::busy(
            error,
            "nothing of it was kept: send it again after the time in Retry-After",
            wait,
        ),
        None => match refused {
            Refused::Rejected { error } => error.into(),
            _ => ApiError::busy(error, "nothing of it was kept: send it again", RETRY_STORE),
        },
    }
}

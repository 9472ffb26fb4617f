//! Handing records to the intake, and waiting for what becomes of them.

use crate::app::App;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::sleep;
use woodpile_decode::Batches;
use woodpile_keep::{Delivery, Intake, Receipt, Refused};
use woodpile_record::Batch;
use woodpile_store::Identity;

/// How soon to try again where the intake does not say.
const RETRY: Duration = Duration::from_secs(1);

type Bundle = (Vec<(Arc<str>, Batch)>, Identity);

/// The records in the deliveries that they make: those that may be there already come in one of their own.
fn bundles(batches: Batches) -> Vec<Bundle> {
    let Batches { fresh, brought } = batches;
    let bundles = [(fresh, Identity::Fresh), (brought, Identity::Brought)];
    bundles.into_iter().filter(|(batches, _)| !batches.is_empty()).collect()
}

/// Keeps the records, and says what became of each delivery once all are durable. Where one is refused the others may be
/// kept.
pub(crate) async fn deliver(app: &App, batches: Batches) -> Result<Vec<Receipt>, Refused> {
    let mut answers = Vec::new();
    for (batches, identity) in bundles(batches) {
        answers.push(hand_over(app, batches, identity));
    }
    let mut receipts = Vec::new();
    for answer in answers {
        receipts.push(answer.await.unwrap_or(Err(Refused::Closed))?);
    }
    Ok(receipts)
}

/// Keeps the records of a sender that cannot be told to send them again: tries for as long as the store is away. `Err` if
/// they cannot be kept at all, or the server ends first.
pub(crate) async fn deliver_until_kept(app: &App, batches: Batches) -> Result<u64, Refused> {
    let mut kept = 0;
    for (batches, mut identity) in bundles(batches) {
        loop {
            let answer = hand_over(app, batches.clone(), identity).await;
            let refused = match answer.unwrap_or(Err(Refused::Closed)) {
                Ok(receipt) => {
                    kept += receipt.kept;
                    break;
                }
                Err(refused) => refused,
            };
            if matches!(refused, Refused::Rejected { .. } | Refused::Closed) {
                return Err(refused);
            }
            // What took too long may yet be stored.
            identity = Identity::Brought;
            tokio::select! {
                () = sleep(refused.retry_after().unwrap_or(RETRY)) => {}
                () = app.stopping() => return Err(refused),
            }
        }
    }
    Ok(kept)
}

fn hand_over(
    app: &App,
    batches: Vec<(Arc<str>, Batch)>,
    identity: Identity,
) -> oneshot::Receiver<Result<Receipt, Refused>> {
    let (tell, answer) = oneshot::channel();
    app.intake.deliver(Delivery { batches, identity }, move |outcome| {
        // Who does not wait any more does not want to know.
        let _ = tell.send(outcome);
    });
    answer
}

/// The same for a thread that may wait.
pub(crate) fn deliver_and_wait(intake: &Intake, batches: Batches) -> Result<(), Refused> {
    for (batches, identity) in bundles(batches) {
        let (tell, answer) = mpsc::channel();
        intake.deliver(Delivery { batches, identity }, move |outcome| {
            let _ = tell.send(outcome);
        });
        answer.recv().unwrap_or(Err(Refused::Closed))?;
    }
    Ok(())
}

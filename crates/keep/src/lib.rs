//! When records are committed, spooled, retried and, as a last resort, dropped.
//!
//! A [`Keeper`] stands between those who log and a [`Store`](woodpile_store::Store). A [`Sender`]
//! pushes into a bounded queue and returns at once, whether the store is up, down, slow or frozen. Two
//! threads do the rest: one takes records from the queue in portions and decides where each goes; the
//! other alone talks to the store, so that a store that hangs stops nobody.
//!
//! While the store is away, records go to a [`Spool`](woodpile_store::Spool) if there is one; it is
//! emptied, oldest first, before anything newer. What cannot be kept is counted by its [`DropReason`],
//! and the count becomes a record of the collection that lost something.
//!
//! An [`Intake`] does the same for servers, whose senders wait for an answer: what they deliver at one time is committed
//! together, and each is told when its records are durable, or that it has to keep them.
//!
//! A third thread packs hot records into blocks as they gather, after everything else; [`pack()`] and
//! [`unpack()`] do the same when somebody asks.
//!
//! A [`Quota`] says how much room the store may take, and what happens when it is used up.
//!
//! [`Rules`] say what is dropped or masked before it is stored, and how long records are kept; [`forget()`] removes
//! what should never have been logged.
//!
//! This crate opens no socket, prints nothing and names no concrete store.

mod backlog;
mod backoff;
mod clock;
mod collection;
mod collector;
mod counters;
mod courier;
mod drops;
mod flush;
mod health;
mod intake;
mod keeper;
mod link;
mod notice;
mod pack;
mod packer;
mod portion;
mod queue;
mod quota;
mod report;
mod rules;
mod sender;
mod settings;
mod shared;
mod spooling;
mod standing;

pub use counters::Counters;
pub use courier::Connect;
pub use drops::{DropReason, Dropped, Drops};
pub use flush::{FlushError, Flushed};
pub use intake::{Delivery, Intake, IntakeSettings, Receipt, Refusals, Refused, Traffic};
pub use keeper::Keeper;
pub use notice::{Notice, Notices};
pub use pack::{Forgotten, PackError, Packed, Plan, Watch, Work, foresee, forget, pack, unpack};
pub use quota::{
    ATLAS_FREE_BYTES, Guard, Level, Overflow, Quota, QuotaError, Thinned, Usage, full_at, thin,
    used_bytes,
};
pub use rules::{
    Judged, Limit, ReadRules, Reading, Retention, Rules, Rulings, Scope, Verdict, retain,
};
pub use sender::Sender;
pub use settings::{PLAIN_FOR, Retry, Settings, WhenFull};

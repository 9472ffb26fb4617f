//! What the library keeps, end to end: logged through its own ways in, read back from the store.

mod events;
mod home;
mod outage;
mod shutdown;
mod web;

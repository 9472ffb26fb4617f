//! Where one message ends and the next begins.

mod frames;

pub use frames::{Frame, Frames};

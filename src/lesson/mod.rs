//! (to come)

pub mod demos;
pub mod stage;

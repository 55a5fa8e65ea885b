//! What `explain` shows: one screen for each thing.

pub mod card;
pub mod frames;
pub mod lesson;
pub mod lines;
pub mod list;
pub mod meanings;

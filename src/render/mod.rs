//! Drawing what was found: one file for each thing on the screen, named after it.
//!
//! A view takes records, fields or its own small rows, and a [`Style`]; it returns lines or a string, or writes to what
//! it was given. It never prints, never asks what the terminal can do, and reads no capture.
//!
//! Two invariants hold for all of them, whatever was captured: no line is wider than [`Style::width`] of 40 and more
//! (the [`frame`] diagram, whose width is the 32 bits of its ruler, and a [`ladder`] of more than two hosts apart), and no byte of a capture reaches the output unless
//! [`escape`] has made it harmless.

pub mod accept;
pub mod aloud;
pub mod compare;
pub mod connection;
pub mod connections;
pub mod evidence;
pub mod exchanges;
pub mod explain;
pub mod frames;
pub mod heads;
pub mod json;
pub mod keys;
pub mod lesson;
pub mod live;
mod markdown;
pub mod meaning;
pub mod model;
pub mod osi;
pub mod overview;
pub mod packet;
pub mod problem_kinds;
pub mod problems;
pub mod story;
pub mod summary;
pub mod svg;
pub mod transcript;
pub mod tutorial;
pub mod wire;
pub mod writer;

pub use crate::numbers;
pub use model::Look;
pub use writer::{Style, escape, style};

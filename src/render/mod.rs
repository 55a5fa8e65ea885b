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
pub mod chart;
pub mod compare;
pub mod connection;
pub mod connections;
pub mod escape;
pub mod evidence;
pub mod exchanges;
pub mod explain;
pub mod facts;
pub mod frame;
pub mod frames;
pub mod heads;
pub mod hex;
pub mod json;
pub mod keys;
pub mod ladder;
pub mod layers;
pub mod lesson;
pub mod live;
mod markdown;
pub mod meaning;
pub mod osi;
pub mod overview;
pub mod packet;
pub mod problem_kinds;
pub mod problems;
pub mod screen;
pub mod story;
pub mod style;
pub mod summary;
pub mod svg;
pub mod table;
pub mod text;
pub mod transcript;
pub mod tree;
pub mod tutorial;
pub mod wire;

pub use crate::numbers;
pub use style::{Look, Style};

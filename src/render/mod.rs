//! What was found, as pages: a folder for each thing to be shown.
//!
//! A view takes records, fields or its own small rows, and returns a [`model::Page`] or a block of one. It knows neither
//! colours nor widths, never asks what the terminal can do, and reads no capture. A [`writer`] draws the page, or says it.
//!
//! Two invariants hold for all of them, whatever was captured. No line is wider than [`Style::width`], except the
//! diagram of a frame, which is as wide as the 32 bits of its ruler. And no byte of a capture reaches the output unless
//! [`escape`] has made it harmless.

pub mod compare;
pub mod connection;
pub mod exchange;
pub mod explain;
pub mod frame;
pub mod json;
pub mod lesson;
pub mod live;
mod markdown;
pub mod model;
pub mod overview;
pub mod packet;
pub mod problems;
pub mod rest;
pub mod story;
pub mod svg;
pub mod tutorial;
pub mod writer;

pub use crate::numbers;
pub use model::Look;
pub use writer::{Style, escape, style};

//! The words of a lesson, with numbers filled in by [`template`].

pub mod template;

pub use template::{FillError, Template};

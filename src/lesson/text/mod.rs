//! The words of a lesson: numbers filled in by [`template`], Markdown laid out in lines by [`markdown`].

pub mod markdown;
pub mod template;

pub use markdown::{Line, Span, Style, wrap};
pub use template::{FillError, Template, TemplateError};

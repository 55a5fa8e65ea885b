//! The data that the program contains, checked and made into source: lessons, and the stories of problems.

pub mod document;
pub mod lesson;
mod question;
pub mod stories;
mod template;
#[cfg(test)]
mod tests;
mod view;

// What lessons speak of is the program's to define.
#[path = "../../src/lesson/measure/definitions.rs"]
mod measure;
#[path = "../../src/lesson/side.rs"]
mod side;

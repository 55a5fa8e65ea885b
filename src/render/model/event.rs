//! What happens on the wire while it happens.

use super::Text;

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Happening {
    /// When: nanoseconds since times began to count.
    pub at: u64,
    /// What it is about.
    pub subject: Text,
    /// What there is to say about it.
    pub said: Text,
    /// The most important part of that, which may be cut so that the rest has room.
    pub asked: Text,
    /// The rest: several ways to say it, each shorter than the one before. Where none fits, the last.
    pub rest: Vec<Text>,
    /// Whether what finds no room stands below; else it is cut.
    pub whole: bool,
    /// What explains it, below.
    pub explained: Option<Text>,
}

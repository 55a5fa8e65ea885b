//! Where in a section a field line stands.

use std::ops::Range;

use super::names::FieldName;

/// A field line, as ranges within its section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldLine {
    /// The field name.
    pub name: Range<u32>,
    /// The field value, without the white space around it.
    pub value: Range<u32>,
    /// The whole line, line end and folded continuations included.
    pub whole: Range<u32>,
    /// The name, if it is one that is asked for.
    pub known: Option<FieldName>,
}

impl FieldLine {
    /// The same line, so many bytes further on.
    #[inline]
    pub(super) fn moved(&self, by: u32) -> Self {
        let moved = |range: &Range<u32>| range.start.wrapping_add(by)..range.end.wrapping_add(by);
        let Self { name, value, whole, known } = self;
        Self { name: moved(name), value: moved(value), whole: moved(whole), known: *known }
    }
}

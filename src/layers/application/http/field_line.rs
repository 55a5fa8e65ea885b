//! Where in a section a field line stands.

use std::ops::Range;

use super::names::FieldName;

/// A field line, as ranges of the section it stands in.
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

//! Headings and paragraphs.

use super::Text;

/// How a heading and its remark stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// After an empty line, in one line: of a remark that has no room, as much as makes sense.
    Section,
    /// The remark after the title, or below where there is no room.
    After,
    /// The remark at the other end of the line, or below where there is no room.
    Across,
    /// The remark after the title, which is cut if it must be; or below, indented.
    Item,
}

/// A title, and a few words on it.
#[derive(Clone, Debug)]
pub struct Heading {
    pub(in crate::render) title: Text,
    pub(in crate::render) aside: Text,
    pub(in crate::render) place: Place,
}

impl Heading {
    /// The title of a section, and what is in it.
    #[must_use]
    pub fn section(title: impl Into<Text>, aside: impl Into<Text>) -> Self {
        Self::new(title.into().bold(), aside, Place::Section)
    }

    /// An unchanged title, and a remark to be seen last.
    #[must_use]
    pub fn new(title: impl Into<Text>, aside: impl Into<Text>, place: Place) -> Self {
        Self { title: title.into(), aside: aside.into().dim(), place }
    }
}

/// What becomes of a paragraph that is longer than a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It goes on in the next line.
    Wrap,
    /// The same, in lines that are short enough to be read with ease.
    Read,
    /// The same, broken wherever a line is full: code keeps its spaces.
    Fold,
    /// It is cut.
    Cut,
}

/// A paragraph.
#[derive(Clone, Debug)]
pub struct Prose {
    pub(in crate::render) text: Text,
    /// What its first line begins with; the others are as far from the edge.
    pub(in crate::render) mark: Text,
    /// Steps away from the edge; and how many more from the second line on.
    pub(in crate::render) depth: usize,
    pub(in crate::render) hang: usize,
    pub(in crate::render) fit: Fit,
}

impl Prose {
    /// A paragraph at the edge.
    #[must_use]
    pub fn new(text: impl Into<Text>) -> Self {
        Self { text: text.into(), mark: Text::default(), depth: 0, hang: 0, fit: Fit::Wrap }
    }

    /// A line of code.
    #[must_use]
    pub fn code(line: impl Into<Text>) -> Self {
        Self { fit: Fit::Fold, ..Self::new(line).under(2) }
    }

    /// The same, indented by this many steps.
    #[must_use]
    pub fn under(self, depth: usize) -> Self {
        Self { depth: self.depth + depth, ..self }
    }

    /// The same, with its further lines a step further from the edge.
    #[must_use]
    pub fn hanging(self) -> Self {
        Self { hang: 1, ..self }
    }

    /// The same, in lines that are read with ease.
    #[must_use]
    pub fn readable(self) -> Self {
        Self { fit: Fit::Read, ..self }
    }

    /// The same in one line, cut if it must be.
    #[must_use]
    pub fn cut(self) -> Self {
        Self { fit: Fit::Cut, ..self }
    }

    /// The same with a mark before it, as an item of a list has.
    #[must_use]
    pub fn marked(self, mark: impl Into<Text>) -> Self {
        Self { mark: mark.into(), ..self }
    }
}

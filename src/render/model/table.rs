//! Tables.

use super::Text;

/// A column: its title, and what it does with its room.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub(in crate::render) title: &'static str,
    pub(in crate::render) numbers: bool,
    pub(in crate::render) wraps: bool,
    pub(in crate::render) optional: bool,
    pub(in crate::render) luxury: bool,
}

impl Column {
    /// Text, aligned left, cut where it is too long.
    #[must_use]
    pub const fn text(title: &'static str) -> Self {
        Self { title, numbers: false, wraps: false, optional: false, luxury: false }
    }

    /// Numbers, aligned right.
    #[must_use]
    pub const fn number(title: &'static str) -> Self {
        Self { numbers: true, ..Self::text(title) }
    }

    /// The same, but cells go on over several lines instead of being cut.
    #[must_use]
    pub const fn wrapped(self) -> Self {
        Self { wraps: true, ..self }
    }

    /// The same, but left out where there is not enough room for all columns; of several, the last goes first.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// The same, but only where there is plenty of room.
    #[must_use]
    pub const fn luxury(self) -> Self {
        Self { optional: true, luxury: true, ..self }
    }
}

/// A cell: its text, and what is enough of it where there is not plenty of room.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub(in crate::render) text: Text,
    pub(in crate::render) short: Option<Text>,
}

impl Cell {
    /// A cell that says less where there is less room.
    #[must_use]
    pub fn or(text: impl Into<Text>, short: impl Into<Text>) -> Self {
        Self { text: text.into(), short: Some(short.into()) }
    }

    /// The cell of a value that is not there.
    #[must_use]
    pub fn missing() -> Self {
        Text::words("—").dim().into()
    }
}

impl<T: Into<Text>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: text.into(), short: None }
    }
}

/// A table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub(in crate::render) columns: Vec<Column>,
    pub(in crate::render) rows: Vec<Vec<Cell>>,
    pub(in crate::render) left_out: u64,
    /// What is said between rows, and before which of them.
    pub(in crate::render) asides: Vec<(usize, Text)>,
}

impl Table {
    /// A table without rows yet.
    #[must_use]
    pub fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), ..Self::default() }
    }

    /// Adds a row; cells that are missing stay empty, those beyond the last column are not shown.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Adds a remark on its own line between the previous row and the next.
    pub fn aside(&mut self, said: impl Into<Text>) {
        self.asides.push((self.rows.len(), said.into().dim()));
    }

    /// The same table, with this many more rows left out.
    #[must_use]
    pub fn but(self, left_out: u64) -> Self {
        Self { left_out, ..self }
    }

    /// Whether there is nothing to show, not even how much was left out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.left_out == 0
    }
}
